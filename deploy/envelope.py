#!/usr/bin/python3
"""Envelope encryption as an application does it, with the real AWS command line and a gRPC client.

GenerateDataKey gives a data key in the clear and wrapped; the file is sealed with the first (AES-256-GCM) and the second is kept
beside it; Decrypt unwraps it again. The environment is that of env.sh. Data keys go through pipes, never through arguments.
"""

import argparse
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE_BYTES = 64 << 20
CONTEXT = "purpose=quickstart"


def say(text):
    print(f"quickstart:       {text}", flush=True)


def aws(*arguments):
    command = ["aws", "--endpoint-url", os.environ["AWS_ENDPOINT_URL"], "--output", "json", "kms", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
    if done.returncode != 0:
        raise SystemExit(f"aws kms {arguments[0]} failed: {done.stderr.strip()}")
    return json.loads(done.stdout) if done.stdout.strip() else {}


def make_file(path):
    """Half text, half noise: what compresses and what does not."""
    with open(path, "wb") as file:
        line = b"The quick brown fox jumps over the lazy dog, and the key stays in the HSM.\n"
        file.write((line * (FILE_BYTES // 2 // len(line) + 1))[:FILE_BYTES // 2])
        for _ in range(FILE_BYTES // 2 >> 20):
            file.write(os.urandom(1 << 20))


def digest(data):
    return hashlib.sha256(data).hexdigest()


def unwrap_over_grpc(work, protos, blob):
    import grpc
    out = work / "python"
    out.mkdir(exist_ok=True)
    subprocess.run(["protoc", f"-I{protos}", "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin", f"--python_out={out}",
                    f"--grpc_python_out={out}", f"{protos}/kmaas/options.proto", f"{protos}/kmaas/kms/v1/kms.proto"], check=True)
    sys.path.insert(0, str(out))
    from kmaas.kms.v1 import kms_pb2, kms_pb2_grpc
    read = lambda name: pathlib.Path(os.environ[name]).read_bytes()  # noqa: E731
    credentials = grpc.ssl_channel_credentials(read("KMAAS_CA"), read("KMAAS_CLIENT_KEY"), read("KMAAS_CLIENT_CERT"))
    with grpc.secure_channel(os.environ["KMAAS_GRPC"], credentials) as channel:
        request = kms_pb2.DecryptRequest(ciphertext_blob=blob, encryption_context=dict([CONTEXT.split("=")]))
        return kms_pb2_grpc.KeyManagementServiceStub(channel).Decrypt(request, timeout=30).plaintext


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="directory for the files; made when missing")
    parser.add_argument("--protos", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(mode=0o700, exist_ok=True)
    plain, sealed, wrapped = (options.work / name for name in ("file", "file.sealed", "file.key"))

    make_file(plain)
    expected = digest(plain.read_bytes())
    say(f"made {plain}, {FILE_BYTES >> 20} MiB, SHA-256 {expected[:16]}…")
    arn = aws("create-key", "--description", "quickstart")["KeyMetadata"]["Arn"]
    say(f"customer master key {arn}")
    made = aws("generate-data-key", "--key-id", arn, "--key-spec", "AES_256", "--encryption-context", CONTEXT)
    nonce = os.urandom(12)
    data_key = base64.b64decode(made["Plaintext"])
    sealed.write_bytes(nonce + AESGCM(data_key).encrypt(nonce, plain.read_bytes(), None))
    wrapped.write_bytes(base64.b64decode(made["CiphertextBlob"]))
    plain.unlink()
    say("sealed it under a data key, kept the data key wrapped, removed the original")

    opened_key = base64.b64decode(aws("decrypt", "--ciphertext-blob", f"fileb://{wrapped}", "--encryption-context", CONTEXT)["Plaintext"])
    bytes_sealed = sealed.read_bytes()
    opened = AESGCM(opened_key).decrypt(bytes_sealed[:12], bytes_sealed[12:], None)
    if digest(opened) != expected:
        raise SystemExit("the file that came back is another one")
    say("unwrapped the data key through aws kms decrypt and opened the file: the same SHA-256")
    if unwrap_over_grpc(options.work, options.protos, wrapped.read_bytes()) != opened_key:
        raise SystemExit("gRPC gave another data key")
    say("unwrapped the same data key over gRPC: the same bytes")
    sealed.unlink()


if __name__ == "__main__":
    main()
