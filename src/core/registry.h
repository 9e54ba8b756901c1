// The registry: every operation of the server, by the names that front ends know.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/operation.h"

namespace kmaas::core {

// Immutable after Create, so thread-safe.
class Registry {
 public:
  // Fails, and the server does not start, unless every rpc of every service has exactly one
  // binding, an action and an effect, every binding has its rpc, the call kind of each handler
  // agrees with its targets, and every annotation stands where it is read.
  static Result<Registry> Create(
      std::span<const google::protobuf::ServiceDescriptor* const> services,
      const std::vector<Binding>& bindings);

  // Null when there is none. "TrentService.Encrypt"; "/kmaas.kms.v1.KeyManagementService/Encrypt".
  const Operation* FindByAwsTarget(std::string_view target) const;
  const Operation* FindByGrpcPath(std::string_view path) const;
  // "2010-05-08", "CreateUser".
  const Operation* FindByQuery(std::string_view version, std::string_view action) const;
  const std::vector<std::unique_ptr<const Operation>>& operations() const { return operations_; }

 private:
  std::vector<std::unique_ptr<const Operation>> operations_;
  std::unordered_map<std::string_view, const Operation*> by_aws_target_;
  std::unordered_map<std::string_view, const Operation*> by_grpc_path_;
  std::map<std::pair<std::string_view, std::string_view>, const Operation*> by_query_;
};

}  // namespace kmaas::core
