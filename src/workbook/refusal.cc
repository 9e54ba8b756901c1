// The names of refusals.
#include "workbook/outcome.h"

namespace kmaas::workbook {

std::string_view Name(Refusal why) {
#define KM_NAME(refusal)    \
  case Refusal::k##refusal: \
    return #refusal
  switch (why) {
    KM_NAME(FileTooLarge);
    KM_NAME(NotAWorkbook);
    KM_NAME(OldExcel);
    KM_NAME(BinaryWorkbook);
    KM_NAME(OpenDocument);
    KM_NAME(Password);
    KM_NAME(Macros);
    KM_NAME(ExternalLink);
    KM_NAME(Dde);
    KM_NAME(DataConnection);
    KM_NAME(EmbeddedObject);
    KM_NAME(ActiveX);
    KM_NAME(XmlMap);
    KM_NAME(Signed);
    KM_NAME(CorruptArchive);
    KM_NAME(TooManyParts);
    KM_NAME(BadPartName);
    KM_NAME(DuplicatePart);
    KM_NAME(Compression);
    KM_NAME(ForgedSize);
    KM_NAME(PartTooLarge);
    KM_NAME(ExpandsTooMuch);
    KM_NAME(MissingPart);
    KM_NAME(BadRelationship);
    KM_NAME(Encoding);
    KM_NAME(Doctype);
    KM_NAME(MalformedXml);
    KM_NAME(TooDeepXml);
    KM_NAME(TooMuchXml);
    KM_NAME(UnexpectedXml);
    KM_NAME(TooManySheets);
    KM_NAME(TooManyCells);
    KM_NAME(TooMuchText);
    KM_NAME(CombiningMarks);
    KM_NAME(BadCellReference);
    KM_NAME(BadValue);
    KM_NAME(BadSheetName);
    KM_NAME(FormulaThere);
    KM_NAME(NoSuchSheet);
  }
#undef KM_NAME
  return "";
}

}  // namespace kmaas::workbook
