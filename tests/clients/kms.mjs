// Calls AWS KMS with @aws-sdk/client-kms for a test in another language: one JSON object a line in, one a line out.
// In: {url, region, credentials} first; then {operation, input} or {operation, body}, which replaces what the SDK has written.
// Out: {output}, {error, message, status, request_id}, or {unsent} when the SDK itself would not send the call.
// Blobs are {"$blob": base64}, dates {"$time": seconds}.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const sdk = createRequire(process.argv[2] + "/")("@aws-sdk/client-kms");

const read = (_, value) => {
  if (value === null || typeof value !== "object") return value;
  if ("$blob" in value) return new Uint8Array(Buffer.from(value.$blob, "base64"));
  if ("$time" in value) return new Date(value.$time * 1000);
  return value;
};

const written = (value) => {
  if (value instanceof Uint8Array) return { $blob: Buffer.from(value).toString("base64") };
  if (value instanceof Date) return { $time: value.getTime() / 1000 };
  if (Array.isArray(value)) return value.map(written);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined).map(([name, one]) => [name, written(one)]));
};

// Before the request is signed.
const replaceBody = (body) => (next) => (call) => {
  call.request.body = body;
  call.request.headers["content-length"] = String(Buffer.byteLength(body));
  return next(call);
};

async function answer(client, { operation, input, body }) {
  try {
    const command = new sdk[operation + "Command"](input ?? {});
    if (body !== undefined) command.middlewareStack.add(replaceBody(body), { step: "build", priority: "low" });
    const { $metadata, ...output } = await client.send(command);
    return { output: written(output) };
  } catch (fault) {
    if (fault.$metadata?.httpStatusCode === undefined) return { unsent: String(fault) };
    return { error: fault.name, message: fault.message, status: fault.$metadata.httpStatusCode, request_id: fault.$metadata.requestId,
      modelled: fault instanceof (sdk[fault.name] ?? class {}) };
  }
}

let client;
for await (const line of createInterface({ input: process.stdin })) {
  if (client === undefined) {
    const { url, region, credentials } = JSON.parse(line);
    client = new sdk.KMSClient({ endpoint: url, region, credentials, maxAttempts: 1 });
    continue;
  }
  process.stdout.write(JSON.stringify(await answer(client, JSON.parse(line, read))) + "\n");
}
