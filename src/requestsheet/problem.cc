#include "requestsheet/problem.h"

namespace kmaas::requestsheet {
namespace {

using keyservice::Text;
using workbook::Refusal;

constexpr Text kTooLarge{
    "Het bestand is te groot of bevat te veel. Bewaar enkel het aanvraagblad en probeer opnieuw.",
    "The file is too large, or has too much in it. Keep the request sheet only and try again."};
constexpr Text kNotAWorkbook{
    "Dit is geen Excel-werkmap (.xlsx). Vul het sjabloon in en bewaar het als .xlsx.",
    "This is not an Excel workbook (.xlsx). Fill in the template and save it as .xlsx."};
constexpr Text kOtherKind{
    "Dit soort werkmap wordt niet aanvaard ({0}). Bewaar ze als “Excel-werkmap (.xlsx)”.",
    "This kind of workbook is not accepted ({0}). Save it as “Excel Workbook (.xlsx)”."};
constexpr Text kPassword{"De werkmap is beveiligd met een wachtwoord. Bewaar ze zonder wachtwoord.",
                         "The workbook is protected by a password. Save it without one."};
constexpr Text kMacros{
    "De werkmap bevat macro's. Bewaar ze als “Excel-werkmap (.xlsx)”, zonder macro's.",
    "The workbook contains macros. Save it as “Excel Workbook (.xlsx)”, without macros."};
constexpr Text kLinks{
    "De werkmap haalt waarden uit andere bestanden, programma's of databanken. Verbreek die "
    "koppelingen, of begin met een leeg sjabloon.",
    "The workbook takes values from other files, programs or databases. Break these links, or "
    "begin with an empty template."};
constexpr Text kObjects{
    "De werkmap bevat ingesloten objecten of besturingselementen. Verwijder ze, of begin met een "
    "leeg sjabloon.",
    "The workbook contains embedded objects or controls. Remove them, or begin with an empty "
    "template."};
constexpr Text kSigned{
    "De werkmap is digitaal ondertekend; de dienst moet ze kunnen invullen. Bewaar ze zonder "
    "handtekening.",
    "The workbook is digitally signed, and the service has to fill it in. Save it without a "
    "signature."};
constexpr Text kDamaged{
    "Het bestand is beschadigd of niet door een gewoon rekenbladprogramma gemaakt ({0}). Open het "
    "sjabloon opnieuw en kopieer de waarden.",
    "The file is damaged, or was not made by an ordinary spreadsheet program ({0}). Open the "
    "template again and copy the values."};
constexpr Text kFormula{"Cel {0} bevat een formule en kan niet ingevuld worden. Maak de cel leeg.",
                        "Cell {0} has a formula and cannot be filled in. Empty the cell."};

constexpr Text kNoSheet{
    "Geen blad van de werkmap heeft de kolommen van een aanvraag. Begin met een leeg sjabloon.",
    "No sheet of the workbook has the columns of a request. Begin with an empty template."};
constexpr Text kHiddenSheet{"Het blad “{0}” is verborgen. Maak het zichtbaar en bewaar opnieuw.",
                            "The sheet “{0}” is hidden. Show it and save again."};
constexpr Text kTwoSheets{
    "De bladen “{0}” en “{1}” hebben allebei de kolommen van een aanvraag. Verwijder er één.",
    "The sheets “{0}” and “{1}” both have the columns of a request. Remove one of them."};
constexpr Text kTwoHeaderRows{
    "De kolomtitels van een aanvraag staan in rij {0} en in rij {1}. Verwijder er één.",
    "The headers of a request stand in row {0} and in row {1}. Remove one of them."};
constexpr Text kBadHeader{
    "De kolomtitel in {0} is verborgen, samengevoegd, berekend of bevat onzichtbare tekens. Begin "
    "met een leeg sjabloon.",
    "The header in {0} is hidden, merged, calculated or has characters that nobody sees. Begin "
    "with an empty template."};
constexpr Text kMissing{"Deze kolommen ontbreken: {0}. Begin met een leeg sjabloon.",
                        "These columns are missing: {0}. Begin with an empty template."};
constexpr Text kTwice{"De kolom “{0}” komt twee keer voor: {1} en {2}. Verwijder er één.",
                      "The column “{0}” is there twice: {1} and {2}. Remove one of them."};
constexpr Text kManyRows{
    "De aanvraag heeft {0} rijen; ten hoogste {1} zijn toegelaten. Verdeel ze over meerdere "
    "bestanden.",
    "The request has {0} rows; at most {1} are allowed. Divide them over several files."};
constexpr Text kEmpty{"Het blad “{0}” bevat geen ingevulde rij.",
                      "The sheet “{0}” has no row that is filled in."};

const Text& TextFor(Refusal why) {
  switch (why) {
    case Refusal::kFileTooLarge:
    case Refusal::kTooManyParts:
    case Refusal::kPartTooLarge:
    case Refusal::kExpandsTooMuch:
    case Refusal::kTooManySheets:
    case Refusal::kTooManyCells:
    case Refusal::kTooMuchText:
    case Refusal::kTooMuchXml:
      return kTooLarge;
    case Refusal::kNotAWorkbook:
      return kNotAWorkbook;
    case Refusal::kOldExcel:
    case Refusal::kBinaryWorkbook:
    case Refusal::kOpenDocument:
      return kOtherKind;
    case Refusal::kPassword:
      return kPassword;
    case Refusal::kMacros:
      return kMacros;
    case Refusal::kExternalLink:
    case Refusal::kDde:
    case Refusal::kDataConnection:
    case Refusal::kXmlMap:
      return kLinks;
    case Refusal::kEmbeddedObject:
    case Refusal::kActiveX:
      return kObjects;
    case Refusal::kSigned:
      return kSigned;
    case Refusal::kFormulaThere:
      return kFormula;
    default:
      return kDamaged;
  }
}

// What the sentence names: the kind of file, the same word in both languages; or the reason's name,
// by which whoever supports the sender finds it.
std::string WordFor(const workbook::Refused& refused) {
  switch (refused.why) {
    case Refusal::kOldExcel:
      return ".xls";
    case Refusal::kBinaryWorkbook:
      return ".xlsb";
    case Refusal::kOpenDocument:
      return ".ods";
    case Refusal::kFormulaThere:
      return refused.place.cell ? ToText(*refused.place.cell) : "";
    default:
      return std::string(Name(refused.why));
  }
}

}  // namespace

Problem ProblemOf(const workbook::Refused& refused) {
  return {Name(refused.why), &TextFor(refused.why), {WordFor(refused)}};
}

Problem NoRequestSheet() { return {"NoRequestSheet", &kNoSheet}; }
Problem HiddenRequestSheet(std::string sheet) {
  return {"HiddenRequestSheet", &kHiddenSheet, {std::move(sheet)}};
}
Problem TwoRequestSheets(std::string one, std::string other) {
  return {"TwoRequestSheets", &kTwoSheets, {std::move(one), std::move(other)}};
}
Problem TwoHeaderRows(std::uint32_t one, std::uint32_t other) {
  return {"TwoHeaderRows", &kTwoHeaderRows, {std::to_string(one), std::to_string(other)}};
}
Problem BadHeader(std::string at) { return {"BadHeader", &kBadHeader, {std::move(at)}}; }
Problem MissingColumns(std::string names) {
  return {"MissingColumns", &kMissing, {std::move(names)}};
}
Problem ColumnTwice(std::string name, std::string one, std::string other) {
  return {"ColumnTwice", &kTwice, {std::move(name), std::move(one), std::move(other)}};
}
Problem TooManyRows(int rows, int rows_max) {
  return {"TooManyRows", &kManyRows, {std::to_string(rows), std::to_string(rows_max)}};
}
Problem NoRows(std::string sheet) { return {"NoRows", &kEmpty, {std::move(sheet)}}; }

}  // namespace kmaas::requestsheet
