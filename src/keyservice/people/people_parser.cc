#include <algorithm>
#include <array>

#include "base/ascii_case.h"
#include "base/iso8601.h"
#include "domain/ids.h"
#include "keyservice/files/yaml_mapping.h"
#include "keyservice/people/people.h"
#include "keyservice/rows/request_row.h"

namespace kmaas::keyservice {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kTextBytesMax = 256;

bool IsEmail(const std::string& text) {
  const std::size_t at = text.find('@');
  return at != 0 && at != std::string::npos && text.find('@', at + 1) == std::string::npos &&
         text.find('.', at) != std::string::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool IsPrincipal(const std::string& text) {
  const auto arn = domain::Arn::Parse(text);
  return arn && (arn->service == "iam" || arn->service == "sts") &&
         domain::IsAccountId(arn->account);
}

// "p-anna": what records and tags can show as it is.
bool IsPersonId(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

const std::array<std::string_view, domain::kCount<Role>>& RoleWords() {
  static const auto words = [] {
    std::array<std::string_view, domain::kCount<Role>> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = ToText(static_cast<Role>(i));
    return all;
  }();
  return words;
}

}  // namespace

class PeopleReader {
 public:
  PeopleReader(People& people, FileFindings& findings) : people_(people), findings_(findings) {}

  void Read(const YAML::Node& document) {
    Mapping mapping(document, "the file", findings_);
    mapping.Number("serial", 1, UINT32_MAX, people_.serial_);
    Each(mapping.Take("entities"), "entities", &PeopleReader::ReadEntity);
    Each(mapping.Take("persons"), "persons", &PeopleReader::ReadPerson);
    Each(mapping.TakeOptional("systems"), "systems", &PeopleReader::ReadSystem);
    Each(mapping.TakeOptional("eligibilities"), "eligibilities", &PeopleReader::ReadEligibility);
    mapping.Finish();
  }

 private:
  void Each(const YAML::Node& list, const char* name,
            void (PeopleReader::*read)(const YAML::Node&)) {
    if (!list.IsDefined()) return;
    if (!list.IsSequence())
      return findings_.Add(list.Mark(), std::string(name) + " must be a list");
    for (const auto& item : list) (this->*read)(item);
  }

  std::string Text(Mapping& mapping, const std::string& name) {
    const YAML::Node value = mapping.Take(name);
    if (!value.IsDefined()) return {};
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    if (text.empty() || text.size() > kTextBytesMax)
      mapping.Refuse(value, name + " must be a text of 1 to 256 bytes");
    return text;
  }

  std::vector<std::string> Texts(Mapping& mapping, const std::string& name, bool optional = false) {
    std::vector<std::string> texts;
    const YAML::Node list = optional ? mapping.TakeOptional(name) : mapping.Take(name);
    if (!list.IsDefined()) return texts;
    if (!list.IsSequence() || (!optional && list.size() == 0)) {
      mapping.Refuse(list,
                     name + (optional ? " must be a list" : " must be a list of at least one"));
      return texts;
    }
    for (const auto& item : list) {
      if (item.IsScalar() && !item.Scalar().empty() && item.Scalar().size() <= kTextBytesMax) {
        texts.push_back(item.Scalar());
      } else {
        mapping.Refuse(item, name + " must be texts of 1 to 256 bytes");
      }
    }
    return texts;
  }

  std::set<std::string> Codes(Mapping& mapping, const YAML::Node& at, const std::string& name) {
    const std::vector<std::string> codes = Texts(mapping, name, /*optional=*/true);
    for (const std::string& code : codes) {
      if (people_.FindEntity(code) == nullptr)
        mapping.Refuse(at, name + ": " + code + " is none of the entities");
    }
    return {codes.begin(), codes.end()};
  }

  void ReadEntity(const YAML::Node& item) {
    Mapping mapping(item, "an entity", findings_);
    Entity entity{Text(mapping, "code"), Text(mapping, "name"), Text(mapping, "account")};
    mapping.Finish();
    if (!IsEntityCode(entity.code)) mapping.Refuse(item, "code must be OVO and six digits");
    if (!domain::IsAccountId(entity.account)) mapping.Refuse(item, "account must be 12 digits");
    for (const auto& [code, other] : people_.entities_) {
      if (other.account == entity.account)
        mapping.Refuse(item, "account is that of " + code + "; each entity has its own");
    }
    const std::string code = entity.code;
    if (!people_.entities_.emplace(code, std::move(entity)).second)
      mapping.Refuse(item, "code " + code + " is there twice");
  }

  void ReadPerson(const YAML::Node& item) {
    Mapping mapping(item, "a person", findings_);
    Person person;
    std::uint32_t role = 0;
    std::uint32_t central = 0;
    constexpr std::string_view kNoYes[] = {"no", "yes"};
    person.id = Text(mapping, "id");
    person.emails = Texts(mapping, "emails");
    person.accounts = Texts(mapping, "accounts");
    person.entities = Codes(mapping, item, "entities");
    mapping.Word("role", RoleWords(), role);
    person.role = static_cast<Role>(role);
    person.approves = Codes(mapping, item, "approves");
    if (item.IsMap() && item["central"]) mapping.Word("central", kNoYes, central);
    person.central = central != 0;
    mapping.Finish();
    if (!IsPersonId(person.id)) mapping.Refuse(item, "id must be of a-z, 0-9, '-' and '.'");
    if (person.role != Role::kApprover && (person.central || !person.approves.empty()))
      mapping.Refuse(item, "decides, so its role must be approver");
    AddNames(mapping, item, person);
    const std::string id = person.id;
    if (!people_.persons_.emplace(id, std::move(person)).second)
      mapping.Refuse(item, "id " + id + " is there twice");
  }

  // A name or an account that two persons had would let one approve for himself.
  void AddNames(Mapping& mapping, const YAML::Node& item, Person& person) {
    for (std::string& email : person.emails) {
      email = LowerAscii(email);
      if (!IsEmail(email)) mapping.Refuse(item, "emails: " + email + " is no e-mail address");
    }
    for (const std::string& account : person.accounts) {
      if (!IsPrincipal(account)) mapping.Refuse(item, "accounts: " + account + " is no ARN of one");
    }
    for (const auto* names : {&person.emails, &person.accounts}) {
      for (const std::string& name : *names) {
        const auto [at, is_new] = people_.person_of_.emplace(name, person.id);
        if (!is_new) mapping.Refuse(item, name + " is that of " + at->second + " already");
      }
    }
  }

  void ReadSystem(const YAML::Node& item) {
    Mapping mapping(item, "a system", findings_);
    const std::string arn = Text(mapping, "arn");
    mapping.Finish();
    if (!IsPrincipal(arn)) mapping.Refuse(item, "arn must be that of a user or role");
    if (people_.person_of_.contains(arn) || !people_.systems_.insert(arn).second)
      mapping.Refuse(item, arn + " is there twice");
  }

  void ReadEligibility(const YAML::Node& item) {
    Mapping mapping(item, "an eligibility", findings_);
    Eligibility one;
    one.person = Text(mapping, "person");
    one.entity_code = Text(mapping, "entity");
    one.given_by = Text(mapping, "given_by");
    one.given = Time(mapping, item, "given");
    one.expires = Time(mapping, item, "expires");
    mapping.Finish();
    const Person* person = people_.FindPerson(one.person);
    if (person == nullptr) return mapping.Refuse(item, "person " + one.person + " is unknown");
    one.role = person->role;
    const Person* giver = people_.FindPerson(one.given_by);
    if (giver == nullptr || giver->role != Role::kAccessManager)
      mapping.Refuse(item, "given_by " + one.given_by + " is no access manager");
    if (people_.FindEntity(one.entity_code) == nullptr)
      mapping.Refuse(item, "entity " + one.entity_code + " is none of the entities");
    if (one.expires <= one.given) mapping.Refuse(item, "expires before it is given");
    people_.eligibilities_.push_back(std::move(one));
  }

  WallTime Time(Mapping& mapping, const YAML::Node& item, const std::string& name) {
    const auto time = ParseIso8601(Text(mapping, name));
    if (!time) mapping.Refuse(item, name + " must be a time, as 2026-11-24T12:00:00Z");
    return time.value_or(WallTime());
  }

  People& people_;
  FileFindings& findings_;
};

Result<People> People::Parse(std::string_view text, const std::string& file) {
  People people;
  FileFindings findings(file);
  KM_CHECK(ReadDocument(text, kFileBytesMax, findings, file, [&](const YAML::Node& document) {
    PeopleReader(people, findings).Read(document);
  }));
  people.digest_ = crypto::Sha256(AsBytes(text));
  return people;
}

}  // namespace kmaas::keyservice
