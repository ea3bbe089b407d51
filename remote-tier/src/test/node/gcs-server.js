// A server that speaks Google Cloud Storage's JSON protocol: the storage emulator of firebase-tools, without its command line
// (which wants to download more), and with what it lacks and the tests need: preconditions on generations, and uploads whose
// parts have any headers.
// Usage: node gcs-server.js PORT NODE_MODULES
"use strict";
const path = require("path");
const { AsyncLocalStorage } = require("async_hooks");

const [port, modules] = process.argv.slice(2);
const firebase = (name) => require(path.join(modules, "firebase-tools/lib/emulator", name));
const express = require(path.join(modules, "express"));
const host = "127.0.0.1";

// Before anything else is required, as the others take this function when they are loaded.
firebase("storage/multipart").parseObjectUploadMultipartRequest = (contentType, body) => {
  const boundary = Buffer.from("--" + /boundary="?([^";]+)"?/.exec(contentType)[1]);
  const parts = [];
  for (let at = body.indexOf(boundary); ; ) {
    const next = body.indexOf(boundary, at + boundary.length);
    if (next < 0) break;
    const start = body.indexOf("\r\n\r\n", at) + 4;
    parts.push(body.subarray(start, next - 2));
    at = next;
  }
  return { metadataRaw: parts[0].toString(), dataRaw: Buffer.from(parts[1]) };
};

const { StorageEmulator } = firebase("storage");
const { EmulatorRegistry } = firebase("registry");
const { createApp } = firebase("storage/server");

const emulator = new StorageEmulator({ projectId: "p", host, port: Number(port), rules: { name: "r", content: "" } });
EmulatorRegistry.set("storage", emulator);

const request = new AsyncLocalStorage();
const resumable = new Map();
const layer = emulator.adminStorageLayer;

const start = emulator.uploadService.startResumableUpload.bind(emulator.uploadService);
emulator.uploadService.startResumableUpload = (upload) => {
  const started = start(upload);
  resumable.set(started.id, request.getStore().query);
  return started;
};

const upload = layer.uploadObject.bind(layer);
let generation = 0;
let last = Promise.resolve();
layer.uploadObject = (object) => {
  const { query, res } = request.getStore();
  const wanted = (resumable.get(object.id) ?? query).ifGenerationMatch;
  const turn = last.then(async () => {
    const current = layer.getMetadata(object.bucketId, object.objectId)?.generation ?? 0;
    if (wanted !== undefined && String(current) !== String(wanted)) return undefined;
    const metadata = await upload(object);
    generation = Math.max(generation + 1, metadata.generation);
    metadata.generation = generation;
    return metadata;
  });
  last = turn.catch(() => {});
  return turn.then((metadata) => {
    if (metadata) return metadata;
    const message = "At least one of the pre-conditions you specified did not hold.";
    res.status(412).json({ error: { code: 412, message, errors: [{ reason: "conditionNotMet", message }] } });
    return new Promise(() => {});
  });
};

createApp("p", emulator).then((app) => {
  const outer = express();
  outer.use((req, res, next) => request.run({ query: req.query, res }, next));
  outer.use(app);
  outer.listen(Number(port), host, () => console.log("ready"));
});
