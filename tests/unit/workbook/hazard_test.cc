// What makes a workbook more than cells, and XML that does harm.
#include <gtest/gtest.h>

#include "tests/unit/workbook/parts.h"

namespace kmaas::workbook {
namespace {

std::string WithPart(const std::string& name, const std::string& content = "x") {
  Parts parts;
  parts.more[name] = content;
  return Refusing(parts);
}

std::string WithRelationship(const std::string& type, const std::string& more = "") {
  Parts parts;
  parts.more["xl/worksheets/_rels/one.xml.rels"] =
      Relationships(Relate("rId9", type, "http://example.invalid/x", more));
  return Refusing(parts);
}

std::string WithSheetXml(const std::string& xml, const Limits& limits = {}) {
  Parts parts;
  parts.more["xl/worksheets/one.xml"] = xml;
  return Refusing(parts, limits);
}

const std::string kOpen = std::string("<worksheet xmlns=\"") + kMain + "\">";

TEST(Hazards, AreSeenByTheNamesOfParts) {
  EXPECT_EQ(WithPart("xl/vbaProject.bin"), "Macros");
  EXPECT_EQ(WithPart("xl/macrosheets/sheet1.xml"), "Macros");
  EXPECT_EQ(WithPart("xl/externalLinks/externalLink1.xml", "<a/>"), "ExternalLink");
  EXPECT_EQ(WithPart("xl/externalLinks/externalLink1.xml", "<a><ddeLink/></a>"), "Dde");
  EXPECT_EQ(WithPart("xl/connections.xml"), "DataConnection");
  EXPECT_EQ(WithPart("xl/embeddings/oleObject1.bin"), "EmbeddedObject");
  EXPECT_EQ(WithPart("xl/activeX/activeX1.bin"), "ActiveX");
  EXPECT_EQ(WithPart("xl/xmlMaps.xml"), "XmlMap");
  EXPECT_EQ(WithPart("_xmlsignatures/sig1.xml"), "Signed");
  EXPECT_EQ(WithPart("customXml/item1.xml", "<a/>"), "");  // labels of sensitivity stand there
}

TEST(Hazards, AreSeenByContentTypes) {
  Parts parts;
  parts.types = Override("xl/workbook.xml", "vnd.ms-excel.sheet.macroEnabled.main+xml");
  EXPECT_EQ(Refusing(parts), "Macros");
  parts.types = Override("xl/workbook.xml", "vnd.ms-excel.sheet.binary.macroEnabled.main");
  EXPECT_EQ(Refusing(parts), "BinaryWorkbook");
  parts = {};
  parts.types += Override("xl/harmless.bin", "vnd.ms-office.vbaProject");
  EXPECT_EQ(Refusing(parts), "Macros");
}

TEST(Hazards, AreSeenByRelationships) {
  const std::string external = " TargetMode=\"External\"";
  EXPECT_EQ(WithRelationship("hyperlink", external), "");
  EXPECT_EQ(WithRelationship("image", external), "ExternalLink");
  EXPECT_EQ(WithRelationship("oleObject", external), "EmbeddedObject");
  EXPECT_EQ(WithRelationship("control", external), "ActiveX");
  EXPECT_EQ(WithRelationship("externalLinkPath", external), "ExternalLink");
}

TEST(Xml, RefusesDocumentTypesEntitiesAndOtherEncodings) {
  EXPECT_EQ(WithSheetXml("<!DOCTYPE a [<!ENTITY b \"c\">]>" + kOpen + "</worksheet>"), "Doctype");
  EXPECT_EQ(WithSheetXml(kOpen + "<x>&b;</x></worksheet>"), "MalformedXml");
  EXPECT_EQ(WithSheetXml(kOpen + "<x a=\"&b;\"/></worksheet>"), "MalformedXml");
  EXPECT_EQ(WithSheetXml(kOpen + "<x>&#0;</x></worksheet>"), "MalformedXml");
  EXPECT_EQ(WithSheetXml("<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + kOpen + "</worksheet>"),
            "Encoding");
  EXPECT_EQ(WithSheetXml(kOpen + "<x>\xFF</x></worksheet>"), "Encoding");
  EXPECT_EQ(WithSheetXml("\xEF\xBB\xBF" + kOpen + "</worksheet>"), "");
}

TEST(Xml, IsBoundedInDepthElementsAndAttributes) {
  Limits limits;
  limits.xml_depth = 4;
  EXPECT_EQ(WithSheetXml(kOpen + "<a><b><c/></b></a></worksheet>", limits), "");
  EXPECT_EQ(WithSheetXml(kOpen + "<a><b><c><d/></c></b></a></worksheet>", limits), "TooDeepXml");
  limits = {};
  limits.xml_nodes = 10;
  EXPECT_EQ(WithSheetXml(kOpen + "<a/><a/><a/><a/><a/><a/><a/><a/><a/><a/></worksheet>", limits),
            "TooMuchXml");
  limits = {};
  limits.xml_attributes_each = 3;
  EXPECT_EQ(WithSheetXml(kOpen + "<a b='' c='' d='' e=''/></worksheet>", limits), "TooMuchXml");
  EXPECT_EQ(WithSheetXml(kOpen + "<a b='' b=''/></worksheet>"), "MalformedXml");
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
  for (const char* bad : {"<a>", "</a>", "<a b/>", "<a b=c/>", "<a b='<'/>", "<!-- ", "<a"}) {
    EXPECT_EQ(WithSheetXml(kOpen + bad + "</worksheet>"), "MalformedXml") << bad;
  }
  EXPECT_EQ(WithSheetXml(kOpen + "<x a='\x14'/></worksheet>"), "MalformedXml");
  EXPECT_EQ(WithSheetXml(kOpen + "</worksheet>" + kOpen + "</worksheet>"), "MalformedXml");
}

TEST(Xml, IsReadInBothNamespacesAndInNoOther) {
  const std::string strict = "http://purl.oclc.org/ooxml/spreadsheetml/main";
  EXPECT_EQ(WithSheetXml("<worksheet xmlns=\"" + strict + "\"/>"), "");
  EXPECT_EQ(WithSheetXml(std::string("<x:worksheet xmlns:x=\"") + kMain + "\"/>"), "");
  EXPECT_EQ(WithSheetXml("<worksheet xmlns=\"urn:other\"/>"), "UnexpectedXml");
  EXPECT_EQ(WithSheetXml("<worksheet/>"), "UnexpectedXml");
}

}  // namespace
}  // namespace kmaas::workbook
