// The HTTPS front end of AWS's Query protocol: IAM and STS, forms on POST /.
#pragma once

#include <memory>
#include <vector>

#include "core/observed_call.h"
#include "frontends/aws_query/query_ingress.h"
#include "frontends/http/handler.h"

namespace kmaas::aws_query {

// Whether a request is this front end's: GET / with an Action in its query, which only reads; or a
// form on POST /, and no X-Amz-Target, which names an
// operation of another protocol.
bool IsQueryRequest(const http::Request& request);

// Thread-safe. Takes requests that IsQueryRequest accepts; each goes through the pipeline, whatever
// is wrong with it, so it leaves its audit record.
class AwsQueryHandler final : public http::Handler {
 public:
  // Borrows the pipeline, the verifiers and who watches. Fails when an
  // operation has no signer.
  static Result<std::unique_ptr<AwsQueryHandler>> Create(core::Pipeline& pipeline,
                                                         std::vector<aws_http::Signer> signers,
                                                         core::CallWatch watch = {});

  http::Response Handle(http::Request& request) override;

 private:
  AwsQueryHandler(core::Pipeline& pipeline, std::vector<aws_http::Signer> signers,
                  std::vector<QueryService> services, core::CallWatch watch)
      : pipeline_(pipeline),
        signers_(std::move(signers)),
        services_(std::move(services)),
        watch_(watch) {}

  core::Pipeline& pipeline_;
  const std::vector<aws_http::Signer> signers_;
  const std::vector<QueryService> services_;
  const core::CallWatch watch_;
};

}  // namespace kmaas::aws_query
