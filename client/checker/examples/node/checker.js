// An outside checker in Node.js: words that a marketplace does not want in titles.
//
//   npm ci && node checker.js 127.0.0.1:50062 "banned,sold out"
//
// The contract is proto/assay/v1/checker.proto; checker.binpb beside it is the same, compiled.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";

const contract = join(dirname(fileURLToPath(import.meta.url)), "../../../../proto/assay/v1/checker.binpb");
const { assay } = grpc.loadPackageDefinition(loadFileDescriptorSetFromBuffer(readFileSync(contract)));

const address = process.argv[2] ?? "127.0.0.1:50062";
const words = (process.argv[3] ?? "banned,sold out").split(",").map((word) => word.trim().replace(/[^\p{L}\p{N} ]/gu, "\\$&"));
const blocked = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${words.join("|")})(?![\\p{L}\\p{N}_])`, "giu");

const description = {
  name: "blockwords-node",
  version: "1",
  contract_versions: ["v1"],
  codes: ["BLOCKED_WORD"],
  fields: ["product.title"], // nothing else of a submission is sent
  doc: "Words that this marketplace does not want in titles, as whole words in any letter case.",
};

const mostFindings = 64; // as many as the contract takes of one answer

// Offsets count bytes of UTF-8, where those of JavaScript count UTF-16.
const bytes = (text) => Buffer.byteLength(text, "utf8");

function look({ submission }) {
  const title = submission?.product?.title ?? "";
  const findings = [];
  for (const match of title.matchAll(blocked)) {
    if (findings.length === mostFindings) break;
    const start = bytes(title.slice(0, match.index));
    const surface = match[0];
    findings.push({
      code: "BLOCKED_WORD",
      message: `The title holds "${surface}".`,
      evidence: [{ text_span: { field: "title", start, end: start + bytes(surface), surface } }],
    });
  }
  return { submission_id: submission?.submission_id ?? "", findings };
}

const server = new grpc.Server({ "grpc.max_receive_message_length": 2 << 20 });
server.addService(assay.v1.CheckerService.service, {
  describeChecker: (_call, answer) => answer(null, description),
  runChecker: (call, answer) => answer(null, look(call.request)),
});
server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    console.error(`blockwords-node: ${error.message}`);
    process.exit(1);
  }
  console.log(`blockwords-node serves on ${address.replace(/:0$/, `:${port}`)}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.tryShutdown(() => process.exit(0)));
