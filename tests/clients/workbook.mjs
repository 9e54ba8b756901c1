// Workbooks through SheetJS and ExcelJS, for tests: node workbook.mjs CLIENTS sheetjs|exceljs read|write FILE. Reads and writes the first sheet
// as JSON, {"A1": value}; dates as YYYY-MM-DD.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";

const [clients, library, action, file] = process.argv.slice(2);
const require = createRequire(`${clients}/package.json`);
const ROWS = [["Type", "When", "Account"], ["NEW", new Date(Date.UTC(2026, 10, 23)), "012345678901"], ["caf\u00e9 <&>", true, 12.5], ["=1+1", "", ""]];

const plain = (value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value);

async function exceljs() {
  const book = new (require("exceljs").Workbook)();
  const found = {};
  if (action === "write") {
    const sheet = book.addWorksheet("Request");
    ROWS.forEach((row) => sheet.addRow(row));
    sheet.getCell("B2").numFmt = "yyyy-mm-dd";
    sheet.getCell("A2").dataValidation = { type: "list", formulae: ['"NEW,CHANGE"'] };
    sheet.getCell("A1").note = "a note";
    await book.xlsx.writeFile(file);
    return found;
  }
  await book.xlsx.readFile(file);
  book.worksheets[0].eachRow((row) => row.eachCell((cell) => { found[cell.address] = plain(cell.value); }));
  return found;
}

function sheetjs() {
  const xlsx = require("xlsx");
  if (action === "write") {
    const sheet = xlsx.utils.aoa_to_sheet(ROWS.map((row) => [...row]), { UTC: true });
    sheet.B2 = { t: "n", v: 46349, z: "yyyy-mm-dd" };
    const book = xlsx.utils.book_new();
    xlsx.utils.book_append_sheet(book, sheet, "Request");
    writeFileSync(file, xlsx.write(book, { type: "buffer", bookType: "xlsx", bookSST: true, compression: true }));
    return {};
  }
  const book = xlsx.read(readFileSync(file), { cellDates: false });
  const sheet = book.Sheets[book.SheetNames[0]];
  return Object.fromEntries(Object.entries(sheet).filter(([at]) => !at.startsWith("!")).map(([at, cell]) => [at, cell.v]));
}

console.log(JSON.stringify(library === "exceljs" ? await exceljs() : sheetjs()));
