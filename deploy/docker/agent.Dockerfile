# The agent: measures the clock of the machine that its container runs on. Build it from the root of the repository:
#   docker build -f deploy/docker/agent.Dockerfile -t truebound-agent .
# It runs as the user 10001, writes to /var/lib/truebound-agent alone, and holds no secret.
FROM node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS build
WORKDIR /srv/truebound
COPY package.json package-lock.json .npmrc tsconfig.base.json ./
COPY packages/time/package.json packages/time/
COPY packages/ntp/package.json packages/ntp/
COPY packages/wire/package.json packages/wire/
COPY agent/package.json agent/
RUN npm ci --workspace agent --include-workspace-root --no-progress
COPY packages/time packages/time
COPY packages/ntp packages/ntp
COPY packages/wire packages/wire
COPY agent agent
RUN node node_modules/typescript/bin/tsc -b agent
RUN mkdir -p out/state out/join

FROM node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS modules
WORKDIR /srv/truebound
COPY package.json package-lock.json .npmrc ./
COPY packages/time/package.json packages/time/
COPY packages/ntp/package.json packages/ntp/
COPY packages/wire/package.json packages/wire/
COPY agent/package.json agent/
RUN npm ci --omit=dev --workspace agent --no-progress

FROM node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d
WORKDIR /srv/truebound
COPY --from=modules /srv/truebound ./
COPY --from=build /srv/truebound/packages/time/dist packages/time/dist
COPY --from=build /srv/truebound/packages/ntp/dist packages/ntp/dist
COPY --from=build /srv/truebound/packages/wire/dist packages/wire/dist
COPY --from=build /srv/truebound/agent/dist agent/dist
COPY LICENSE ./
COPY deploy/docker/healthcheck.js deploy/docker/healthcheck.js
COPY --from=build --chown=10001:10001 /srv/truebound/out/state /var/lib/truebound-agent
COPY --from=build --chown=10001:10001 /srv/truebound/out/join /run/join
ENV NODE_ENV=production TRUEBOUND_AGENT_DATA_DIR=/var/lib/truebound-agent
USER 10001:10001
VOLUME /var/lib/truebound-agent
EXPOSE 8124
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["node", "deploy/docker/healthcheck.js", "agent"]
ENTRYPOINT ["node", "agent/dist/main.js"]
CMD ["run"]
