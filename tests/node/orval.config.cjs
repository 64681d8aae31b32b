// Its clients have the address of the service from here.
module.exports = {
  sic: {
    input: "../../openapi.json",
    output: { target: "build/orval/sic.ts", client: "fetch", mode: "single", baseUrl: process.env.SIC_URL },
  },
};
