// What the parts of the service are told, from the configuration.
#pragma once

#include "app/config.h"
#include "audit/sealer.h"
#include "audit/trail.h"
#include "frontends/grpc/server.h"
#include "frontends/http/server.h"

namespace kmaas::app {

// Without limits.calls_per_account_max three quarters of the threads of the front end that has
// fewer, at least one; no bound where there is one account, whom it would leave threads to.
traffic::QuotaSettings ToQuotaSettings(const Config& config, std::uint64_t accounts);
audit::TrailOptions ToTrailOptions(const AuditConfig& audit);
audit::SealerOptions ToSealerOptions(const AuditConfig& audit);
// A listener that is open is borrowed, and used in place of an own one.
http::ServerOptions ToHttpOptions(const Config& config, const ListeningSocket& listener);
grpc_front::GrpcOptions ToGrpcOptions(const Config& config, const ListeningSocket& listener);

}  // namespace kmaas::app
