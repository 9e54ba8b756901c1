#include "keyservice/rules/file_check.h"

#include <algorithm>
#include <set>

#include "keyservice/rows/row_parser.h"

namespace kmaas::keyservice {
namespace {

// V5 inside the file: both rows are named, whichever comes first.
void CheckDoubles(const std::vector<LookedUp>& rows, Findings& findings) {
  std::map<Subject, std::vector<int>> numbers;
  for (const LookedUp& one : rows) numbers[SubjectOf(one.row)].push_back(one.row.number);
  for (const auto& [subject, of_subject] : numbers) {
    for (std::size_t i = 0; of_subject.size() > 1 && i < of_subject.size(); ++i) {
      const int other = of_subject[i == 0 ? 1 : 0];
      findings.push_back({of_subject[i],
                          Column::kPurpose,
                          Rule::kV5,
                          Message::kTwiceInFile,
                          {std::to_string(other)}});
    }
  }
}

// A further key needs its first, which is there or asked for in the same file.
void CheckSequences(const std::vector<LookedUp>& rows, Findings& findings) {
  for (const LookedUp& one : rows) {
    if (one.row.action != Action::kNew || one.row.sequence == 1 || one.first) continue;
    Subject first = SubjectOf(one.row);
    first.sequence = 1;
    const bool asked = std::any_of(rows.begin(), rows.end(), [&](const LookedUp& other) {
      return other.row.action == Action::kNew && SubjectOf(other.row) == first;
    });
    if (asked) continue;
    findings.push_back({one.row.number,
                        Column::kPurpose,
                        Rule::kV5,
                        Message::kSequenceWithoutFirst,
                        {std::to_string(one.row.sequence), "1"}});
  }
}

// Each cell that could not be read is spoken of once.
void Join(const Findings& of_cells, Findings& findings) {
  std::set<std::pair<int, std::optional<Column>>> told;
  for (const Finding& one : of_cells) told.emplace(one.row, one.column);
  std::erase_if(findings, [&](const Finding& one) {
    return told.count({one.row, one.column}) != 0;
  });
  findings.insert(findings.end(), of_cells.begin(), of_cells.end());
}

void Sort(Findings& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::pair(a.row, a.column) < std::pair(b.row, b.column);
  });
}

}  // namespace

Result<CheckedFile> CheckFile(const FileQuestion& question, const Surroundings& around) {
  CheckedFile checked;
  KM_TRY(checked.earlier_request, around.keys.RequestOfFile(question.digest));
  if (checked.earlier_request) return checked;
  std::vector<LookedUp> rows;
  for (const SheetRow& sheet : question.rows) {
    auto row = ParseRow(sheet, around.table, checked.findings);
    if (!row) continue;
    KM_TRY(LookedUp found, LookUp(*std::move(row), question.requester, around.keys, around.people));
    CheckRow({found, around.table, around.today}, checked.findings);
    CheckOutputs(sheet, found, checked.findings);
    rows.push_back(std::move(found));
  }
  CheckDoubles(rows, checked.findings);
  CheckSequences(rows, checked.findings);
  Join(question.of_cells, checked.findings);
  Sort(checked.findings);
  if (question.mode == Mode::kAllOrNothing && HasErrors(checked.findings)) return checked;
  for (LookedUp& row : rows) {
    if (!HasErrors(checked.findings, row.row.number)) checked.accepted.push_back(std::move(row));
  }
  return checked;
}

}  // namespace kmaas::keyservice
