#include "keyservice/rows/row_parser.h"

#include <algorithm>
#include <charconv>

#include "base/ascii_case.h"
#include "domain/iam_names.h"
#include "domain/principal_names.h"
#include "keyservice/rows/spaces.h"
#include "keyservice/rows/words.h"

namespace kmaas::keyservice {
namespace {

constexpr std::size_t kListEntriesMax = 50;

class CellReader {
 public:
  CellReader(const SheetRow& sheet, Findings& findings) : sheet_(sheet), findings_(findings) {}

  const std::string& Text(Column column) const { return sheet_.Cell(column); }
  void Wrong(Column column, Message message, std::vector<std::string> arguments) {
    failed_ = true;
    findings_.push_back({sheet_.number, column, Rule::kForm, message, std::move(arguments)});
  }
  void Form(Column column, const std::string& wanted) {
    Wrong(column, Message::kWrongForm, {Text(column), wanted});
  }
  template <class Enum>
  void Choice(Column column, std::span<const Word<Enum>> words, Enum& out) {
    const std::string& text = Text(column);
    if (text.empty()) return;
    if (const auto found = FindWord(words, text)) {
      out = *found;
      return;
    }
    Wrong(column, Message::kUnknownValue, {text, Listed(words)});
  }
  template <class Enum>
  static std::string Listed(std::span<const Word<Enum>> words) {
    std::string listed;
    for (const auto& word : words) {
      const std::string_view nl = word.text.In(Language::kNl);
      const std::string_view en = word.text.In(Language::kEn);
      listed += (listed.empty() ? "" : ", ") + std::string(nl);
      if (en != nl) listed += "/" + std::string(en);
    }
    return listed;
  }
  // Of digits only; false, and `out` as it was, for an empty cell too.
  bool Number(Column column, std::uint32_t min, std::uint32_t max, std::uint32_t& out) {
    const std::string& text = Text(column);
    if (text.empty()) return false;
    std::uint32_t read = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (failure != std::errc() || end != text.data() + text.size() || read < min || read > max) {
      Form(column, std::to_string(min) + "-" + std::to_string(max));
      return false;
    }
    out = read;
    return true;
  }
  void Day(Column column, std::optional<Date>& out) {
    const std::string& text = Text(column);
    if (text.empty()) return;
    out = ParseDate(text);
    if (!out) Form(column, "2026-11-23, 23/11/2026");
  }
  bool failed() const { return failed_; }

 private:
  const SheetRow& sheet_;
  Findings& findings_;
  bool failed_ = false;
};

// One more than may be at most: whoever asks refuses that many, so that none is lost.
std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty() && parts.size() <= kListEntriesMax) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view part = Trimmed(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// One '@' between two parts of visible ASCII, a dot in the second.
bool IsEmail(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.size() > 254) return false;
  const std::string_view domain = text.substr(at + 1);
  return domain.find('@') == std::string_view::npos && domain.find('.') != std::string_view::npos &&
         domain.front() != '.' && domain.back() != '.' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c < 127 && c != '"' && c != ','; });
}

void ReadEmail(CellReader& cells, Column column, std::string& out) {
  out = LowerAscii(cells.Text(column));
  if (!out.empty() && !IsEmail(out)) cells.Form(column, "naam@vlaanderen.be");
}

// E-mail addresses know no case; ARNs do.
void ReadPeople(CellReader& cells, Column column, bool arns, std::vector<std::string>& out) {
  std::vector<std::string> parts = Split(cells.Text(column));
  if (parts.size() > kListEntriesMax) {
    cells.Form(column, "<= 50");
    return;
  }
  for (std::string& part : parts) {
    const bool arn = arns && part.starts_with("arn:");
    if (!arn) part = LowerAscii(part);
    if (arn ? !domain::IsPrincipalArn(part) : !IsEmail(part)) {
      cells.Wrong(column, Message::kWrongForm,
                  {part, arns ? "naam@vlaanderen.be; arn:aws:iam::111122223333:role/naam"
                              : "naam@vlaanderen.be; naam2@vlaanderen.be"});
    }
    out.push_back(std::move(part));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (out.empty() && !cells.Text(column).empty()) cells.Wrong(column, Message::kMissing, {});
}

void ReadEntity(CellReader& cells, RequestRow& row) {
  row.entity_code = cells.Text(Column::kEntityCode);
  std::transform(row.entity_code.begin(), row.entity_code.end(), row.entity_code.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const std::string& code = row.entity_code;
  if (!code.empty() && !IsEntityCode(code)) cells.Form(Column::kEntityCode, "OVO002949");
  row.entity_name = cells.Text(Column::kEntityName);
  row.application_id = cells.Text(Column::kApplicationId);
  const std::string& id = row.application_id;
  const bool named = id.size() >= 2 && id.size() <= 32 &&
                     std::all_of(id.begin(), id.end(),
                                 [](char c) { return domain::IsAlphanumeric(c) || c == '-'; });
  if (!id.empty() && !named) cells.Form(Column::kApplicationId, "[A-Za-z0-9-]{2,32}");
  row.application_name = cells.Text(Column::kApplicationName);
}

void ReadEnvironment(CellReader& cells, const ClassTable& table, RequestRow& row) {
  const std::string& text = cells.Text(Column::kEnvironment);
  if (text.empty()) return;
  if (const Environment* found = table.FindEnvironment(text)) {
    row.environment = found->name;
    return;
  }
  std::string listed;
  for (const auto& one : table.environments) listed += (listed.empty() ? "" : ", ") + one.name;
  cells.Wrong(Column::kEnvironment, Message::kUnknownValue, {text, listed});
}

void ReadClass(CellReader& cells, Column column, int& out) {
  std::uint32_t read = kClassMin;
  if (cells.Number(column, kClassMin, kClassMax, read)) out = static_cast<int>(read);
}

// "ENCRYPT", "ENCRYPT-02": the second key for one purpose.
void ReadPurpose(CellReader& cells, RequestRow& row) {
  const std::string& text = cells.Text(Column::kPurpose);
  if (text.empty()) return;
  std::string_view word = text;
  const std::size_t dash = word.rfind('-');
  if (dash != std::string_view::npos) {
    const std::string_view digits = word.substr(dash + 1);
    int sequence = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
    if (digits.size() != 2 || failure != std::errc() || end != digits.data() + 2 || sequence < 2) {
      cells.Form(Column::kPurpose, "VERSLEUTELEN-02/ENCRYPT-02");
      return;
    }
    row.sequence = sequence;
    word = word.substr(0, dash);
  }
  if (const auto found = FindWord(PurposeWords(), word)) {
    row.purpose = *found;
  } else {
    cells.Wrong(Column::kPurpose, Message::kUnknownValue,
                {text, CellReader::Listed(PurposeWords())});
  }
}

std::string Listed(std::span<const std::string_view> names) {
  std::string listed;
  for (const std::string_view name : names)
    listed += (listed.empty() ? "" : ", ") + std::string(name);
  return listed;
}

void ReadKind(CellReader& cells, RequestRow& row) {
  const std::string& spec = cells.Text(Column::kKeySpec);
  if (!spec.empty()) {
    row.spec = FindKeySpec(spec);
    if (!row.spec) {
      cells.Wrong(Column::kKeySpec, Message::kUnknownValue, {spec, Listed(KeySpecNames())});
    }
  }
  const std::vector<std::string> services = Split(cells.Text(Column::kServices));
  if (services.empty() && !cells.Text(Column::kServices).empty())
    cells.Wrong(Column::kServices, Message::kMissing, {});
  if (services.size() > kListEntriesMax) {
    cells.Form(Column::kServices, "<= 50");
    return;
  }
  for (const std::string& part : services) {
    if (const auto found = FindWord(ServiceWords(), part)) {
      row.services.push_back(*found);
    } else {
      cells.Wrong(Column::kServices, Message::kUnknownValue,
                  {part, CellReader::Listed(ServiceWords())});
      break;  // one sentence says what may stand there
    }
  }
  std::sort(row.services.begin(), row.services.end());
  row.services.erase(std::unique(row.services.begin(), row.services.end()), row.services.end());
}

void ReadTerms(CellReader& cells, RequestRow& row) {
  std::uint32_t days = 0;
  if (cells.Number(Column::kRotationDays, 1, 36'500, days)) row.rotation_days = days;
  cells.Day(Column::kActivation, row.activation);
  cells.Day(Column::kExpiry, row.expiry);
  cells.Choice(Column::kHsmResident, YesNoWords(), row.hsm_resident);
  row.justification = cells.Text(Column::kJustification);
  row.change_number = cells.Text(Column::kChangeNumber);
  row.remarks = cells.Text(Column::kRemarks);
  row.account_id = LowerAscii(cells.Text(Column::kAccountId));
  row.region = LowerAscii(cells.Text(Column::kRegion));
  const bool region = std::all_of(row.region.begin(), row.region.end(),
                                  [](char c) { return domain::IsAlphanumeric(c) || c == '-'; });
  if (!region || row.region.size() > 32) cells.Form(Column::kRegion, "eu-central-1");
}

}  // namespace

std::optional<RequestRow> ParseRow(const SheetRow& sheet, const ClassTable& table,
                                   Findings& findings) {
  CellReader cells(sheet, findings);
  RequestRow row;
  row.number = sheet.number;
  for (const ColumnFacts& facts : Columns()) {
    if (facts.presence == Presence::kMandatory && sheet.Cell(facts.column).empty()) {
      cells.Wrong(facts.column, Message::kMissing, {});
    }
  }
  cells.Choice(Column::kAction, ActionWords(), row.action);
  ReadEntity(cells, row);
  ReadEnvironment(cells, table, row);
  ReadClass(cells, Column::kConfidentiality, row.confidentiality);
  ReadClass(cells, Column::kIntegrity, row.integrity);
  cells.Choice(Column::kPersonalData, PersonalDataWords(), row.personal_data);
  ReadPurpose(cells, row);
  ReadKind(cells, row);
  cells.Choice(Column::kPlatform, PlatformWords(), row.platform);
  ReadPeople(cells, Column::kAdministrators, false, row.administrators);
  ReadPeople(cells, Column::kUsers, true, row.users);
  ReadEmail(cells, Column::kOwner, row.owner);
  ReadEmail(cells, Column::kSecurityOfficer, row.security_officer);
  ReadTerms(cells, row);
  if (cells.failed()) return std::nullopt;
  return row;
}

}  // namespace kmaas::keyservice
