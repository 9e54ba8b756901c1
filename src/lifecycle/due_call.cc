#include "lifecycle/due_call.h"

#include <utility>

#include "kmaas/lifecycle/v1/lifecycle.pb.h"
#include "lifecycle/service_authoriser.h"

namespace kmaas::lifecycle {
namespace {

namespace pb = ::kmaas::lifecycle::v1;

template <class Request>
std::unique_ptr<Request> On(const records::DueWork& due) {
  auto request = std::make_unique<Request>();
  request->set_key_id(due.key_id.ToText());
  return request;
}

}  // namespace

struct DueCall::Rpc {
  std::string name;
  std::unique_ptr<google::protobuf::Message> request;

  static Rpc For(const records::DueWork& due);
};

DueCall::Rpc DueCall::Rpc::For(const records::DueWork& due) {
  switch (due.work) {
    case records::Work::kRotateKey:
      return {"RotateKey", On<pb::RotateKeyRequest>(due)};
    case records::Work::kDeleteKey:
      return {"DeleteKey", On<pb::DeleteKeyRequest>(due)};
    case records::Work::kExpireMaterial: {
      auto expired = On<pb::DeleteExpiredKeyMaterialRequest>(due);
      expired->set_key_material_id(due.subject);
      return {"DeleteExpiredKeyMaterial", std::move(expired)};
    }
    case records::Work::kEndImportKey: {
      auto ended = On<pb::DeleteImportKeyRequest>(due);
      ended->set_import_key_id(due.subject);
      return {"DeleteImportKey", std::move(ended)};
    }
  }
  return {};  // no operation has this name
}

DueCall::DueCall(const records::DueWork& due, const std::string& account, std::string request_id,
                 Deadline deadline)
    : rpc_(std::make_unique<Rpc>(Rpc::For(due))), account_(account) {
  envelope_.request_id = std::move(request_id);
  // As CloudTrail has it of events that no request led to.
  envelope_.source_address = kInvokedBy;
  envelope_.user_agent = kInvokedBy;
  envelope_.claimed_operation = rpc_->name;
  envelope_.deadline = deadline;
}
DueCall::~DueCall() = default;

const core::Operation* DueCall::FindOperation(const core::Registry& registry) {
  return registry.FindByGrpcPath("/kmaas.lifecycle.v1.KeyLifecycle/" + rpc_->name);
}

Result<domain::Principal> DueCall::Authenticate() { return ServiceIn(account_); }

Result<void> DueCall::Decode(const core::Operation& /*operation*/,
                             google::protobuf::Message& request) {
  request.CopyFrom(*rpc_->request);
  return {};
}

}  // namespace kmaas::lifecycle
