#include "tests/unit/core/core_world.h"

#include "tests/fakes/account_boundary.h"

#include <stdexcept>

#include "core/errors.h"

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;

bool NamesAKey(const pb::Descriptor* request) {
  for (int i = 0; i < request->field_count(); ++i) {
    const FieldRules& rules = request->field(i)->options().GetExtension(kmaas::field);
    if (rules.has_target() && !rules.target().optional()) return true;
  }
  return false;
}

Registry StandIns(World& world) {
  const pb::ServiceDescriptor* service = kms::EncryptRequest::descriptor()->file()->service(0);
  std::vector<Binding> bindings;
  for (int i = 0; i < service->method_count(); ++i) {
    const pb::MethodDescriptor* method = service->method(i);
    const pb::Message* reply =
        pb::MessageFactory::generated_factory()->GetPrototype(method->output_type());
    bindings.push_back({method->input_type(), method->output_type(),
                        NamesAKey(method->input_type()) ? CallKind::kKey : CallKind::kAccount,
                        [&world, method, reply](const pb::Message& request, Call& call)
                            -> Result<std::unique_ptr<pb::Message>> {
                          world.log.push_back("execute " + method->name());
                          if (world.execute) return world.execute(request, call);
                          return std::unique_ptr<pb::Message>(reply->New());
                        }});
  }
  auto registry = Registry::Create(std::span(&service, 1), bindings);
  if (!registry) throw std::runtime_error(registry.error().detail);
  return *std::move(registry);
}

domain::KeyId IdOf(const std::string& key_arn) {
  return *domain::KeyId::Parse(key_arn.substr(key_arn.rfind('/') + 1));
}

void Require(const Result<void>& done) {
  if (!done) throw std::runtime_error(done.error().detail);
}

}  // namespace

domain::Principal UserOf(const std::string& account) {
  return {domain::PrincipalType::kIamUser,
          account,
          "arn:aws:iam::" + account + ":user/alice",
          "AIDAEXAMPLE",
          "alice",
          "AKIAEXAMPLE",
          nullptr};
}

Result<Verdict> ScriptedAuthoriser::Decide(const AccessQuestion& question) {
  log_.push_back("authorise " + std::string(question.action) +
                 (question.key == nullptr ? "" : " " + question.key->arn()));
  return decide ? decide(question) : fakes::AccountBoundary().Decide(question);
}

ScriptedCall::ScriptedCall(Log& log, std::string operation, const pb::Message& request,
                           Result<domain::Principal> caller)
    : log_(log), operation_(std::move(operation)), request_(request), caller_(std::move(caller)) {
  envelope_.request_id = "00000000-0000-4000-8000-000000000000";
  envelope_.claimed_operation = operation_;
  envelope_.claimed_access_key_id = "AKIACLAIMED";
  envelope_.deadline = Deadline::Never();
}

void ScriptedCall::Step(const std::string& step) {
  log_.push_back(step);
  if (at_step) at_step(step);
}

const Operation* ScriptedCall::FindOperation(const Registry& registry) {
  Step("find");
  return registry.FindByAwsTarget("TrentService." + operation_);
}

Result<domain::Principal> ScriptedCall::Authenticate() {
  Step("authenticate");
  return caller_;
}

Result<void> ScriptedCall::Decode(const Operation& /*operation*/, pb::Message& request) {
  Step("decode");
  request.CopyFrom(request_);
  return decoded;
}

World::World(const std::string& marker_key_text)
    : store(memory),
      sink(audit, log),
      catalog(store),
      outbox(catalog, sink),
      marker_key(AsBytes(marker_key_text)),
      services{catalog, engine, sink, random, clock, outbox, marker_key, kRegion},
      registry(StandIns(*this)),
      authoriser(log),
      pipeline(registry, services, authoriser) {}

std::string World::MakeKey(const std::string& account) {
  domain::Key key;
  std::array<std::uint8_t, 16> bits{};
  random.Fill(bits);
  key.id = domain::KeyId::FromRandom(bits);
  key.account = account;
  key.region = kRegion;
  Require(catalog.Write([&key](records::Changes& changes) { return changes.Put(key); },
                        Deadline::Never()));
  return key.arn();
}

void World::MakeAlias(const std::string& account, const std::string& name,
                      const std::string& key_arn) {
  domain::Alias alias;
  alias.name = name;
  alias.account = account;
  alias.region = kRegion;
  alias.target = IdOf(key_arn);
  Require(catalog.Write([&alias](records::Changes& changes) { return changes.Put(alias); },
                        Deadline::Never()));
}

void World::SetState(const std::string& key_arn, domain::KeyState state) {
  Require(catalog.Write(
      [&](records::Changes& changes) -> Result<void> {
        KM_TRY(auto key, changes.Get<domain::Key>(records::KeyRow(kRegion, IdOf(key_arn))));
        key->state = state;
        return changes.Put(*key);
      },
      Deadline::Never()));
}

Result<WipedMessage> World::Send(const std::string& operation, const pb::Message& request,
                                 Result<domain::Principal> caller) {
  ScriptedCall call = CallOf(operation, request, std::move(caller));
  return pipeline.Serve(call);
}

const Operation& World::Find(const std::string& operation) const {
  const Operation* found = registry.FindByAwsTarget("TrentService." + operation);
  if (found == nullptr) throw std::runtime_error("no operation " + operation);
  return *found;
}

std::string Outcome(const Result<WipedMessage>& reply) {
  if (reply) return "answered";
  return std::string(RowOf(reply.error().code).aws_name) + ": " + reply.error().message;
}

}  // namespace kmaas::core
