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
// A listener that is open is borrowed, and used in place of an own one.
http::ServerOptions ToHttpOptions(const Config& config, const ListeningSocket& listener);
grpc_front::GrpcOptions ToGrpcOptions(const Config& config, const ListeningSocket& listener);

}  // namespace kmaas::app
