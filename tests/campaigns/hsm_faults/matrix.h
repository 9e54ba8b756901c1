// Every function of the module that the engine calls, with every fault, in every situation.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/campaigns/hsm_faults/world.h"

namespace kmaas::campaigns {

// What the engine calls, in the order of CK_FUNCTION_LIST.
const std::vector<shim::Function>& CalledFunctions();

// The faults that a cell can have, by the heads of their columns: "REMOVED" is CKR_DEVICE_REMOVED.
struct Column {
  std::string head;
  shim::Fault fault;
  std::uint64_t argument;
};
const std::vector<Column>& Columns();

// One letter for each situation: serving, hit once; serving, hit as long as the fault lasts;
// beginning anew, hit once; beginning anew, hit as long as it lasts.
//   =  nobody notices           g  nobody notices: a new generation of the engine answers
//   e  an error that says so    r  an error that says so, and a new generation afterwards
//   p  the PIN counts as refused: errors until the service is started again, and one login
//   w  calls that are in the module wait until it goes on, the others fail by their deadlines
//   x  the process ends, and the next one has every key
//   -  the function is not called in this situation, or answers nothing that could be spoilt
using Outcomes = std::string;

struct CellReport {
  Outcomes outcomes;
  std::string failure;  // empty: no wrong answer, no unclear error, all well within a second
};

// All of them but those with a crash.
CellReport TryCell(World& world, shim::Function function, const Column& column);
// In processes of their own; no engine is open in this one.
CellReport TryCrash(World& world, shim::Function function);

// Rows of functions, by the heads of the columns: read from the page that specifies them.
using Table = std::map<std::string, std::map<std::string, Outcomes>>;
Table ReadTable(const std::string& path);
std::string RowText(const std::string& name, const std::map<std::string, Outcomes>& row);
std::string HeadText();

}  // namespace kmaas::campaigns
