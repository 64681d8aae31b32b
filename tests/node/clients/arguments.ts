// The address of the service and the id of a claim, from the command line.
const [, , address, claim] = process.argv;
if (address === undefined || claim === undefined) throw new Error("usage: program URL CLAIM");
export const baseUrl = address;
export const id = claim;
