#include "workbook/note_editor.h"

namespace kmaas::workbook {
namespace {

constexpr std::size_t kFirstShape = 50'000;  // above those that a drawing of notes has
constexpr const char* kStrictStart = "http://purl.oclc.org/";
constexpr const char* kStrictOffice = "http://purl.oclc.org/ooxml/officeDocument/relationships";

Bytes CopyOf(const std::string& text) { return ToBytes(AsBytes(text)); }

class NoteEditor {
 public:
  NoteEditor(const NoteSheet& sheet, std::vector<Part>& parts) : sheet_(sheet), parts_(parts) {
    office_ = sheet.space.starts_with(kStrictStart) ? kStrictOffice : kOfficeSpace;
  }

  Outcome<void> Run(const std::vector<Note>& notes, SheetEditor& editor) {
    KM_TRY(const auto known, ReadRelationships(sheet_.archive, sheet_.part, sheet_.limits));
    const Relationship* comments = FindType(known, "comments");
    const Relationship* drawing = FindType(known, "vmlDrawing");
    const std::string comments_part = comments ? comments->target : Free("xl/comments", ".xml");
    const std::string drawing_part =
        drawing ? drawing->target : Free("xl/drawings/vmlDrawing", ".vml");
    KM_CHECK(Edit(comments_part, drawing_part, notes));
    KM_CHECK(Relate(comments ? "" : comments_part, drawing ? "" : drawing_part));
    if (!comments || !drawing) KM_CHECK(Declare(comments ? "" : comments_part));
    if (!drawing) editor.NameDrawing("rIdNoteShapes", office_);
    return {};
  }

 private:
  std::string Free(const std::string& start, const std::string& ending) const {
    for (std::size_t number = 1;; ++number) {
      std::string name = start + std::to_string(number) + ending;
      if (!sheet_.archive.Has(name)) return name;
    }
  }

  Outcome<Xml> Open(const std::string& part, const std::string& otherwise, Vocabulary vocabulary,
                    std::string_view root) {
    Bytes bytes = CopyOf(otherwise);
    if (sheet_.archive.Has(part)) {
      KM_TRY(bytes, sheet_.archive.Inflate(part));
    }
    return Xml::Parse(std::move(bytes), part, sheet_.limits, vocabulary, root, XmlUse::kEdit);
  }

  Outcome<void> Edit(const std::string& comments_part, const std::string& drawing_part,
                     const std::vector<Note>& notes) {
    KM_TRY(Xml comments,
           Open(comments_part, EmptyComments(sheet_.space), Vocabulary::kSheet, "comments"));
    KM_TRY(Xml drawing, Open(drawing_part, EmptyDrawing(), Vocabulary::kNone, ""));
    if (!comments.Child(comments.root(), "commentList")) {
      return Refused{Refusal::kUnexpectedXml, {comments_part, {}, {}}};
    }
    std::size_t shape = kFirstShape;
    for (const Note& note : notes) {
      if (AddComment(comments.root(), comments.Qualified(""), note)) continue;
      AddShape(drawing.root(), note, shape++);
    }
    parts_.push_back({comments_part, comments.ToText()});
    parts_.push_back({drawing_part, drawing.ToText()});
    return {};
  }

  // Names what is not empty.
  Outcome<void> Relate(const std::string& comments, const std::string& drawing) {
    if (comments.empty() && drawing.empty()) return {};
    const std::string part = RelationshipsOf(sheet_.part);
    KM_TRY(Xml xml,
           Open(part,
                std::string(kDeclaration) + "<Relationships xmlns=\"http://schemas."
                                            "openxmlformats.org/package/2006/relationships\"/>",
                Vocabulary::kRelationships, "Relationships"));
    const auto add = [&](const char* id, const char* type, const std::string& target) {
      if (target.empty()) return;
      pugi::xml_node node = xml.root().append_child(xml.Qualified("Relationship").c_str());
      Set(node, "Id", id);
      Set(node, "Type", office_ + "/" + type);
      Set(node, "Target", RelativeTo(sheet_.part, target));
    };
    add("rIdNotes", "comments", comments);
    add("rIdNoteShapes", "vmlDrawing", drawing);
    parts_.push_back({part, xml.ToText()});
    return {};
  }

  Outcome<void> Declare(const std::string& comments) {
    const std::string part(kContentTypesPart);
    KM_TRY(Xml xml, Open(part, "", Vocabulary::kContentTypes, "Types"));
    const std::string kind = xml.Qualified("Default");
    if (!xml.root().find_child_by_attribute(kind.c_str(), "Extension", "vml")) {
      pugi::xml_node node = xml.root().prepend_child(kind.c_str());
      Set(node, "Extension", "vml");
      Set(node, "ContentType", kDrawingType);
    }
    if (!comments.empty()) {
      pugi::xml_node node = xml.root().append_child(xml.Qualified("Override").c_str());
      Set(node, "PartName", "/" + comments);
      Set(node, "ContentType", kCommentsType);
    }
    parts_.push_back({part, xml.ToText()});
    return {};
  }

  const NoteSheet& sheet_;
  std::vector<Part>& parts_;
  std::string office_;
};

}  // namespace

Outcome<void> AddNotes(const NoteSheet& sheet, const std::vector<Note>& notes, SheetEditor& editor,
                       std::vector<Part>& parts) {
  if (notes.empty()) return {};
  return NoteEditor(sheet, parts).Run(notes, editor);
}

}  // namespace kmaas::workbook
