// Another configuration in place of the one in force, while the server runs.
#pragma once

#include <vector>

#include "app/config.h"
#include "app/inventory.h"
#include "app/metrics_endpoint.h"
#include "base/clock.h"
#include "base/result.h"
#include "confinement/rights.h"
#include "frontends/grpc/server.h"
#include "frontends/http/server.h"
#include "identity/certificate_rules.h"
#include "siem/current_deliveries.h"

namespace kmaas::app {

// Borrowed: the parts of a server that can be told something new.
struct ReloadableParts {
  http::Server& https;
  grpc_front::GrpcServer& grpc;
  MetricsEndpoint* metrics;  // null: not served
  identity::CertificateAuthenticator& certificates;
  siem::CurrentDeliveries& deliveries;
  Inventory* inventory;  // null: not served
};

// The certificates whose end the metrics show.
std::vector<Inventory::CertificateFile> CertificatesOf(const Config& config);

// The rules of grpc.principals and its file, as the authenticator takes them.
Result<std::vector<identity::CertificateRule>> LoadCertificateRules(const GrpcConfig& grpc);

// Takes all of `wanted` that can be taken at run time, with the certificates, authorities,
// principals and tokens in the files that it names, or nothing: the error, for the operator, says
// why. For want of memory or threads it throws, and then has taken nothing either. Refused are
// another value of a setting that needs a restart, files that a start would refuse too, and what
// the confinement of `rights`, which the process started with, keeps out of reach. Connections that
// are open stay as they are.
Result<void> TakeConfiguration(const Config& now, const Config& wanted,
                               const confinement::Rights& rights, const ReloadableParts& parts,
                               const Clock& clock);

}  // namespace kmaas::app
