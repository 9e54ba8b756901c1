// What reading or writing a workbook comes to: a value, or why not and where.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.h"
#include "workbook/cell_ref.h"

namespace kmaas::workbook {

// Why a workbook is refused. The caller words it; a person can mend what is named first, what
// stands behind kCorruptArchive is damaged or made to harm.
enum class Refusal {
  kFileTooLarge,      // more bytes than Limits::file_bytes
  kNotAWorkbook,      // neither a zip archive nor anything below; or one without a workbook
  kOldExcel,          // .xls
  kBinaryWorkbook,    // .xlsb
  kOpenDocument,      // .ods and its kin
  kPassword,          // opening it takes a password
  kMacros,            // VBA, Excel 4 macro sheets, .xlsm and .xltm
  kExternalLink,      // takes values from another file
  kDde,               // takes values from another program
  kDataConnection,    // takes values from a database or the web
  kEmbeddedObject,    // OLE objects and packages
  kActiveX,           // ActiveX controls
  kXmlMap,            // custom XML maps
  kSigned,            // a digital signature, which filling would break
  kCorruptArchive,    // the zip archive contradicts itself
  kTooManyParts,      // more entries than Limits::parts
  kBadPartName,       // absolute, with "..", a backslash or an empty step
  kDuplicatePart,     // two entries of one name; letter case does not tell them apart
  kCompression,       // neither stored nor deflated
  kForgedSize,        // an entry that does not have the size that the archive declares
  kPartTooLarge,      // more bytes than Limits::part_bytes when inflated
  kExpandsTooMuch,    // more than Limits::total_bytes altogether, or beyond Limits::ratio
  kMissingPart,       // a part that a workbook cannot do without
  kBadRelationship,   // a relationship that leads out of the package or to the wrong place
  kEncoding,          // XML that is not UTF-8
  kDoctype,           // a document type: the way to entities
  kMalformedXml,      // not well-formed
  kTooDeepXml,        // elements in elements beyond Limits::xml_depth
  kTooMuchXml,        // more elements or attributes than Limits has
  kUnexpectedXml,     // an element or namespace that has no place there
  kTooManySheets,     // more than Limits::sheets
  kTooManyCells,      // more cells with content than Limits::cells
  kTooMuchText,       // a text longer than Limits::text_bytes, or all beyond all_text_bytes
  kCombiningMarks,    // a letter under more marks than any language has
  kBadCellReference,  // a row or column that no sheet has, or cells out of order or twice
  kBadValue,          // a value that is not of the type that its cell claims
  kBadSheetName,      // a sheet name that Excel would refuse, or the same twice
  kFormulaThere,      // (filling) the cell has a formula
  kNoSuchSheet,       // (filling) no sheet has the name
};

// The name of a refusal without its k: for logs and tests.
std::string_view Name(Refusal why);

// Where: as much of it as is known.
struct Place {
  std::string part;  // of the archive; it may be what somebody hostile wrote
  std::string sheet;
  std::optional<CellRef> cell;
};

struct Refused {
  Refusal why;
  Place place = {};
};

// A value or a refusal, for KM_TRY and KM_CHECK as Result is. Reading the wrong side throws
// std::bad_variant_access, which no caller that asks first can meet.
template <class T>
class [[nodiscard]] Outcome {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a value is an outcome, and so is a refusal
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Outcome(Refused refused) : state_(std::in_place_index<1>, std::move(refused)) {}
  // NOLINTEND(google-explicit-constructor): back to explicit ones

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Refused& error() const& { return std::get<1>(state_); }
  Refused&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Refused> state_;
};

template <>
class [[nodiscard]] Outcome<void> {
 public:
  Outcome() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a refusal is an outcome
  Outcome(Refused refused) : refused_(std::move(refused)) {}

  bool has_value() const { return !refused_.has_value(); }
  explicit operator bool() const { return has_value(); }
  const Refused& error() const& { return refused_.value(); }
  Refused&& error() && { return std::move(refused_).value(); }

 private:
  std::optional<Refused> refused_;
};

}  // namespace kmaas::workbook
