// What the parts of the service are told, from the configuration.
#pragma once

#include "app/config.h"
#include "audit/sealer.h"
#include "audit/trail.h"
#include "frontends/grpc/server.h"
#include "frontends/http/server.h"

namespace kmaas::app {

audit::TrailOptions ToTrailOptions(const AuditConfig& audit);
audit::SealerOptions ToSealerOptions(const AuditConfig& audit);
http::ServerOptions ToHttpOptions(const Config& config);
grpc_front::GrpcOptions ToGrpcOptions(const Config& config);

}  // namespace kmaas::app
