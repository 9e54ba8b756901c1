// TLS for the listener, following its certificate files.
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "frontends/grpc/certificate_files.h"

namespace kmaas::grpc_front {

// Each new connection takes what the files held when they were last looked at; files that cannot be
// used change nothing. With a client CA each connection is asked for a certificate: one that does
// not verify ends the handshake, none at all does not. Borrows `files` for as long as a server
// listens with the credentials.
std::shared_ptr<::grpc::ServerCredentials> MakeServerCredentials(CertificateFiles& files);

}  // namespace kmaas::grpc_front
