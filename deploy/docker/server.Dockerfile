# The server: agents' listener, page and API, on a PostgreSQL elsewhere. Build it from the root of the repository:
#   docker build -f deploy/docker/server.Dockerfile -t truebound-server .
# It runs as the user 10001, writes to /var/lib/truebound alone, and holds no secret.
FROM node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS build
WORKDIR /srv/truebound
COPY package.json package-lock.json .npmrc tsconfig.base.json ./
COPY packages/time/package.json packages/time/
COPY packages/audit/package.json packages/audit/
COPY packages/wire/package.json packages/wire/
COPY server/package.json server/
COPY web/package.json web/
RUN npm ci --workspace server --workspace web --include-workspace-root --no-progress
COPY packages/time packages/time
COPY packages/audit packages/audit
COPY packages/wire packages/wire
COPY server server
COPY web web
RUN node node_modules/typescript/bin/tsc -b server
RUN cd web && node ../node_modules/vite/bin/vite.js build --logLevel error
RUN mkdir -p out/state

FROM node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS modules
WORKDIR /srv/truebound
COPY package.json package-lock.json .npmrc ./
COPY packages/time/package.json packages/time/
COPY packages/audit/package.json packages/audit/
COPY packages/wire/package.json packages/wire/
COPY server/package.json server/
RUN npm ci --omit=dev --omit=optional --workspace server --no-progress

FROM node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d
WORKDIR /srv/truebound
COPY --from=modules /srv/truebound ./
COPY --from=build /srv/truebound/packages/time/dist packages/time/dist
COPY --from=build /srv/truebound/packages/audit/dist packages/audit/dist
COPY --from=build /srv/truebound/packages/wire/dist packages/wire/dist
COPY --from=build /srv/truebound/server/dist server/dist
COPY --from=build /srv/truebound/web/dist/site web/dist/site
COPY LICENSE ./
COPY server/data server/data
COPY server/fonts server/fonts
COPY migrations migrations
COPY docs/alerts docs/alerts
COPY deploy/docker/healthcheck.js deploy/docker/healthcheck.js
COPY --from=build --chown=10001:10001 /srv/truebound/out/state /var/lib/truebound
ENV NODE_ENV=production TRUEBOUND_DATA_DIR=/var/lib/truebound
USER 10001:10001
VOLUME /var/lib/truebound
EXPOSE 8123 8125
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "deploy/docker/healthcheck.js", "server"]
ENTRYPOINT ["node", "server/dist/main.js"]
CMD ["serve"]
