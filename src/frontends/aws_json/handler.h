// The HTTPS front end: AWS JSON calls on POST /, and two health probes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/observed_call.h"
#include "core/pipelines.h"
#include "frontends/aws_json/http_ingress.h"
#include "frontends/aws_json/message_plan.h"
#include "frontends/http/handler.h"

namespace kmaas::aws_json {

// True when calls can be served. Otherwise `why` says in a few words that a stranger may read what
// is missing. Called on any thread.
using ReadinessProbe = std::function<bool(std::string& why)>;

// Thread-safe. POST / is a call and goes through the pipeline, whatever is wrong with it, so it
// leaves its audit record: that of the Region for which it claims to be signed, where its signature
// is then verified. GET and HEAD of /healthz (the process answers) and /readyz (it can
// serve) need no signature. Everything else is 404 or 405 and tells nothing.
class AwsJsonHandler final : public http::Handler {
 public:
  // Borrows the pipelines, the verifiers and who watches. Fails when an
  // operation has no signer or a message no JSON form.
  static Result<std::unique_ptr<AwsJsonHandler>> Create(core::Pipelines pipelines,
                                                        std::vector<Signer> signers,
                                                        ReadinessProbe is_ready,
                                                        core::CallWatch watch = {});

  http::Response Handle(http::Request& request) override;
  http::Response Refuse(const http::Request& request, unsigned status) override;

 private:
  AwsJsonHandler(core::Pipelines pipelines, std::vector<Signer> signers, MessagePlans plans,
                 ReadinessProbe is_ready, core::CallWatch watch)
      : pipelines_(std::move(pipelines)),
        signers_(std::move(signers)),
        plans_(std::move(plans)),
        is_ready_(std::move(is_ready)),
        watch_(watch) {}

  http::Response Serve(const http::Request& request);
  core::Pipeline& PipelineFor(const http::Request& request) const;
  http::Response Probe(bool readiness) const;
  http::Response NotAllowed(std::string_view allowed) const;
  std::string NewRequestId() const { return pipelines_.first().services().random.Uuid(); }

  const core::Pipelines pipelines_;
  const std::vector<Signer> signers_;
  const MessagePlans plans_;
  const ReadinessProbe is_ready_;
  const core::CallWatch watch_;
};

}  // namespace kmaas::aws_json
