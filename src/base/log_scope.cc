#include "base/log_scope.h"

namespace kmaas::log {
namespace {

thread_local const CallScope* t_current = nullptr;

}  // namespace

CallScope::CallScope(std::string_view request_id, std::string_view trace_id)
    : request_id_(request_id), trace_id_(trace_id), outer_(t_current) {
  t_current = this;
}

CallScope::~CallScope() { t_current = outer_; }

const CallScope* CallScope::current() { return t_current; }

}  // namespace kmaas::log
