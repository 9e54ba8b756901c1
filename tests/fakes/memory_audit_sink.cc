#include "tests/fakes/memory_audit_sink.h"

#include "base/json_text.h"

namespace kmaas::fakes {
namespace {

void AppendMember(std::string& out, std::string_view name, std::string_view text) {
  out += out.size() == 1 ? "\"" : ",\"";
  out += name;
  out += "\":";
  AppendJsonString(out, text);
}

std::string OrNull(const std::string& json) { return json.empty() ? "null" : json; }

}  // namespace

std::string MemoryAuditSink::Render(const ports::AuditRecord& record) const {
  {
    const std::lock_guard lock(mutex_);
    rendered_here_.insert_or_assign(record.event_id, record);
  }
  std::string out = "{";
  AppendMember(out, "eventName", record.event_name);
  AppendMember(out, "errorCode", record.error_code);
  AppendMember(out, "requestID", record.request_id);
  out += ",\"requestParameters\":" + OrNull(record.request_parameters_json);
  out += ",\"responseElements\":" + OrNull(record.response_elements_json);
  AppendMember(out, "eventID", record.event_id);
  return out + "}";
}

Result<void> MemoryAuditSink::Append(const ports::AuditRecord& record) {
  return Add({record, Render(record)}, false);
}

Result<void> MemoryAuditSink::AppendRendered(const std::string& event_id,
                                             const std::string& rendered) {
  Entry entry;
  {
    const std::lock_guard lock(mutex_);
    const auto known = rendered_here_.find(event_id);
    if (known != rendered_here_.end()) entry.record = known->second;
  }
  entry.record.event_id = event_id;
  entry.rendered = rendered;
  return Add(std::move(entry), true);
}

Result<void> MemoryAuditSink::Add(Entry entry, bool skip_known) {
  const std::lock_guard lock(mutex_);
  if (fail_all_ || ++calls_ == failing_call_) {
    return Error{ErrorCode::kDependencyTimeout, "", "the audit sink was told to fail"};
  }
  if (!ids_.insert(entry.record.event_id).second && skip_known) return {};
  entries_.push_back(std::move(entry));
  return {};
}

void MemoryAuditSink::FailNth(std::uint64_t n) {
  const std::lock_guard lock(mutex_);
  calls_ = 0;
  failing_call_ = n;
}

void MemoryAuditSink::FailAll(bool fail) {
  const std::lock_guard lock(mutex_);
  fail_all_ = fail;
}

std::vector<ports::AuditRecord> MemoryAuditSink::records() const {
  const std::lock_guard lock(mutex_);
  std::vector<ports::AuditRecord> records;
  records.reserve(entries_.size());
  for (const Entry& entry : entries_) records.push_back(entry.record);
  return records;
}

std::vector<std::string> MemoryAuditSink::event_names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  names.reserve(entries_.size());
  for (const Entry& entry : entries_) names.push_back(entry.record.event_name);
  return names;
}

std::vector<std::string> MemoryAuditSink::event_ids() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  ids.reserve(entries_.size());
  for (const Entry& entry : entries_) ids.push_back(entry.record.event_id);
  return ids;
}

std::vector<std::string> MemoryAuditSink::lines() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  lines.reserve(entries_.size());
  for (const Entry& entry : entries_) lines.push_back(entry.rendered);
  return lines;
}

}  // namespace kmaas::fakes
