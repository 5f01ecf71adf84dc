/** Values of the chart: what it needs, and as much as it takes. */
export const LEAST = { server: { publicUrl: "https://truebound.example.net" } };
export const MOST = {
  server: {
    publicUrl: "https://truebound.example.net",
    kubernetes: { jwks: '{"keys":[]}' },
    reportsClaim: "reports",
    env: { TRUEBOUND_REPORTS: "daily" },
    peopleFrom: [{ "kubernetes.io/metadata.name": "ingress" }],
  },
  agent: {
    serverPins: "x".repeat(43),
    sources: ["169.254.169.123"],
    nodeSelector: { role: "db" },
    env: { TRUEBOUND_RHO_PPB: "50000" },
    hostFiles: [{ name: "chrony", hostPath: "/etc/chrony" }],
    socketDir: "/run/truebound-agent",
  },
  monitoring: { enabled: true, labels: { release: "prometheus" } },
  imagePullSecrets: ["registry"],
};
