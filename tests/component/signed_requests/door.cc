#include "tests/component/signed_requests/door.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "identity/enrolment.h"
#include "kmaas/sts/v1/sts.pb.h"

namespace kmaas::signed_requests {
namespace {

template <class T>
T Required(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + result.error().detail);
  return *std::move(result);
}

std::string Between(const std::string& text, std::string_view before, char after) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return {};
  const std::size_t start = at + before.size();
  return text.substr(start, text.find(after, start) - start);
}

std::string ErrorIn(const http::Response& response) {
  for (const http::Header& header : response.headers)
    if (http::EqualsIgnoringCase(header.name, "x-amzn-ErrorType")) return header.value;
  return Between(response.body, "<Code>", '<');
}

}  // namespace

std::string BytesOf(const identity::TestRequest& request) {
  std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers)
    bytes.append(name).append(": ").append(value).append("\r\n");
  return bytes + "\r\n" + request.body;
}

void StateLength(identity::TestRequest& request) {
  const std::string length = std::to_string(request.body.size());
  const auto found = std::find_if(
      request.headers.begin(), request.headers.end(),
      [](const auto& header) { return http::EqualsIgnoringCase(header.first, "content-length"); });
  if (found != request.headers.end()) {
    found->second = length;
  } else if (!request.body.empty()) {
    request.headers.emplace_back("Content-Length", length);
  }
}

Door::Door()
    : secrets_(core.engine, core.random),
      tokens_(
          Required(identity::SessionTokens::Create(core.engine, core.random, Deadline::Never()))),
      sessions_(core.catalog, *tokens_, core.clock),
      credentials_(core.catalog, secrets_, core.clock, &sessions_) {
  core.services.sessions = tokens_.get();
  key_arn = core.MakeKey();
  MakeAccessKey();
  MakeSession();
  MakeHandlers();
}

void Door::MakeAccessKey() {
  const auto administrator = Required(core.catalog.Find<records::User>(
      records::UserRow(api::kAccount, api::Administrator().user_name)));
  const identity::NewAccessKey made = Required(identity::MakeAccessKey(
      *administrator, core.engine, {core.random, core.clock.Now()}, Deadline::Never()));
  const Result<void> stored = core.catalog.Write(
      [&](records::Changes& changes) { return identity::AddNew(changes, made.row); },
      Deadline::Never());
  if (!stored) throw std::runtime_error(stored.error().detail);
  user = {made.row.id, std::string(AsText(made.secret.view()))};
}

void Door::MakeSession() {
  const auto key = Required(credentials_.FindAccessKey(user.id));
  const auto reply =
      Required(core.SendAs(key->principal, "GetSessionToken", sts::v1::GetSessionTokenRequest()));
  const auto& made = static_cast<const sts::v1::GetSessionTokenResponse&>(*reply).credentials();
  session = {made.access_key_id(), made.secret_access_key(), made.session_token()};
}

void Door::MakeHandlers() {
  std::vector<aws_http::Signer> signers;
  std::set<std::string> known;
  for (const auto& operation : core.registry.operations()) {
    const std::string& name = operation->signing_name;
    if (!known.insert(name).second) continue;
    std::vector<std::string> regions{api::kRegion};
    if (operation->global) regions.emplace_back("us-east-1");
    verifiers_.push_back(std::make_unique<identity::SigV4Verifier>(
        credentials_, core.clock,
        identity::SigV4Policy{.signing_name = name, .regions = std::move(regions)}));
    signers.push_back({name, verifiers_.back().get()});
  }
  json_ = Required(
      aws_json::AwsJsonHandler::Create(core.pipeline, signers, [](std::string&) { return true; }));
  query_ = Required(aws_query::AwsQueryHandler::Create(core.pipeline, signers));
  front_door_ = std::make_unique<app::FrontDoor>(*json_, *query_);
}

Answer Door::Send(const std::string& bytes) {
  http::ReadBuffer buffer(bytes.size() + options_.header_bytes_max);
  http::BodyBudget bodies(options_.bodies_bytes_max);
  http::RequestReader reader(options_, bodies);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const MutableByteView room = buffer.Prepare();
    const std::size_t size = std::min(room.size(), rest.size());
    std::copy_n(rest.begin(), size, room.begin());
    buffer.Commit(size);
    rest.remove_prefix(size);
    const http::ReadProgress progress = reader.Feed(buffer);
    if (progress == http::ReadProgress::kRefused)
      return {Answer::Kind::kNoRequest, reader.refusal(), ""};
    if (progress == http::ReadProgress::kNeedsMore) continue;
    const http::Response response = front_door_->Handle(reader.request());
    return {Answer::Kind::kAnswered, response.status, ErrorIn(response)};
  }
  return {};
}

}  // namespace kmaas::signed_requests
