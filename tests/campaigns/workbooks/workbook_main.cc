// Reads, writes and fills one workbook in a process of its own, whose memory and time it tells.
//
//   workbook_tool read FILE [--plant BOUND]   what it reads as JSON, or {"refused": ...}
//   workbook_tool new FILE                    the form of the unit tests
//   workbook_tool fill FILE OUT SHEET A1 TEXT NOTE   a cell is given a text, the look of an error,
//   a note
//
// --plant takes one bound away, so that a test can show that it would notice.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "base/json_text.h"
#include "tests/unit/workbook/form.h"
#include "workbook/fill.h"
#include "workbook/reader.h"

namespace {

using namespace kmaas;
using namespace kmaas::workbook;

constexpr std::size_t kNoBound = std::size_t{1} << 40U;

bool Plant(std::string_view bound, Limits& limits) {
  const std::map<std::string_view, std::vector<std::size_t*>> bounds = {
      {"bytes", {&limits.part_bytes, &limits.total_bytes, &limits.ratio, &limits.xml_nodes}},
      {"nodes", {&limits.xml_nodes, &limits.xml_attributes, &limits.cells}},
      {"text", {&limits.all_text_bytes, &limits.text_bytes}},
      {"marks", {&limits.combining_marks, &limits.text_bytes, &limits.all_text_bytes}}};
  const auto found = bounds.find(bound);
  if (found == bounds.end()) return false;
  for (std::size_t* one : found->second) *one = kNoBound;
  return true;
}

long PeakKib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  return -1;
}

Bytes Load(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool Save(const char* path, const Bytes& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << AsText(bytes);
  return file.good();
}

std::string Quoted(std::string_view text) {
  std::string quoted;
  AppendJsonString(quoted, text);
  return quoted;
}

int Refuse(const Refused& refused) {
  std::cout << "{\"refused\": " << Quoted(Name(refused.why))
            << ", \"part\": " << Quoted(refused.place.part)
            << ", \"sheet\": " << Quoted(refused.place.sheet)
            << ", \"cell\": " << Quoted(refused.place.cell ? ToText(*refused.place.cell) : "")
            << "}\n";
  return 1;
}

void Print(const Workbook& workbook) {
  static constexpr const char* kKinds[] = {"text",    "number", "boolean", "date",
                                           "baddate", "error",  "formula"};
  std::cout << "{";
  const char* between = "";
  for (const Sheet& sheet : workbook.sheets) {
    std::cout << between << Quoted(sheet.name) << ": {";
    between = "";
    for (const Cell& cell : sheet.cells) {
      std::cout << between << Quoted(ToText(cell.at)) << ": ["
                << Quoted(kKinds[static_cast<std::size_t>(cell.kind)]) << ", " << Quoted(cell.text)
                << "]";
      between = ", ";
    }
    std::cout << "}";
    between = ", ";
  }
  std::cout << "}\n";
}

int ReadOne(const char* path, const Limits& limits) {
  const long idle = PeakKib();
  const Bytes file = Load(path);
  const auto start = std::chrono::steady_clock::now();
  const auto read = Read(file, limits);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::cerr << "{\"kib\": " << PeakKib() - idle << ", \"seconds\": " << took.count() << "}\n";
  if (!read) return Refuse(read.error());
  Print(*read);
  return 0;
}

int SaveOne(const char* path, const Outcome<Bytes>& made) {
  if (!made) return Refuse(made.error());
  return Save(path, *made) ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 2 ? argv[1] : "";
  Limits limits;
  if (what == "read") {
    if (argc == 5 && (std::string_view(argv[3]) != "--plant" || !Plant(argv[4], limits))) return 2;
    return ReadOne(argv[2], limits);
  }
  if (what == "new") return SaveOne(argv[2], Write(Form()));
  if (what == "fill" && argc == 8) {
    const auto at = ParseCellRef(argv[5]);
    if (!at) return 2;
    const CellChange change{*at, std::string(argv[6]), Style::kError, argv[7]};
    return SaveOne(argv[3], Fill(Load(argv[2]), argv[4], {change}));
  }
  std::fputs("usage: workbook_tool read|new|fill FILE ...\n", stderr);
  return 2;
}
