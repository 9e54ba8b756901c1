#include "keyservice/rules/messages.h"

#include <cstddef>
#include <iterator>

namespace kmaas::keyservice {
namespace {

using enum Message;

struct Row {
  Message message;
  Text text;
};

constexpr Row kRows[] = {
    {kMissing, {"Deze cel is verplicht; vul ze in.", "This cell is mandatory; fill it in."}},
    {kUnknownValue,
     {"“{0}” is geen toegelaten waarde; kies een waarde uit de lijst: {1}.",
      "“{0}” is not an allowed value; choose one from the list: {1}."}},
    {kWrongForm,
     {"“{0}” heeft niet de juiste vorm; verwacht wordt: {1}.",
      "“{0}” does not have the right form; expected: {1}."}},
    {kCalculated,
     {"Deze cel wordt berekend; de uitkomst kan verouderd zijn. Typ de waarde zelf.",
      "This cell is calculated, and its result may be out of date. Type the value itself."}},
    {kHidden,
     {"Deze cel is verborgen. Maak rij en kolom zichtbaar, of maak de cel leeg.",
      "This cell is hidden. Show its row and column, or empty the cell."}},
    {kMerged,
     {"Deze cel is samengevoegd met andere. Splits de cellen en vul elke rij apart in.",
      "This cell is merged with others. Split the cells and fill in each row by itself."}},
    {kErrorValue,
     {"Deze cel bevat de fout {0}; typ een waarde.",
      "This cell holds the error {0}; type a value."}},
    {kNoSuchDay,
     {"Deze dag bestaat niet; verbeter de datum.", "There is no such day; correct the date."}},
    {kDateThere,
     {"Deze cel is een datum; het rekenbladprogramma heeft er misschien één van gemaakt. Zet de "
      "cel als tekst en typ de waarde opnieuw.",
      "This cell is a date; the spreadsheet program may have made it one. Format the cell as text "
      "and type the value again."}},
    {kUnseenLetters,
     {"Deze cel bevat onzichtbare tekens. Wis de cel en typ de waarde opnieuw.",
      "This cell holds characters that nobody sees. Clear the cell and type the value again."}},
    {kTooLong,
     {"Deze cel is te lang: ten hoogste {0} tekens.",
      "This cell is too long: at most {0} characters."}},
    {kPersonalDataClass,
     {"Persoonsgegevens vragen minstens klasse {0}; deze rij heeft klasse {1}. Pas de klasse of de "
      "kolom Persoonsgegevens aan.",
      "Personal data need at least class {0}; this row has class {1}. Correct the class or the "
      "column Personal data."}},
    {kSpecialDataClass,
     {"Bijzondere categorieën van persoonsgegevens vragen minstens klasse {0}; deze rij heeft "
      "klasse {1}. Pas de klasse of de kolom Persoonsgegevens aan.",
      "Special categories of personal data need at least class {0}; this row has class {1}. "
      "Correct the class or the column Personal data."}},
    {kNoKeyOutsideProduction,
     {"Buiten productie is voor klasse {0} geen sleutel van toepassing. Verwijder de rij of "
      "controleer de klasse.",
      "Outside of production, a key is not applicable for class {0}. Remove the row or check the "
      "class."}},
    {kJustificationOutsideProduction,
     {"Een sleutel van klasse {0} buiten productie vraagt een motivering; vul de kolom Motivering "
      "in.",
      "A key of class {0} outside of production needs a justification; fill in the column "
      "Justification."}},
    {kExceptionOutsideProduction,
     {"Een sleutel van klasse {0} buiten productie is een uitzondering: twee goedkeuringen zijn "
      "nodig, waaronder die van de veiligheidsconsulent.",
      "A key of class {0} outside of production is an exception: it needs two approvals, one of "
      "them by the security officer."}},
    {kEncryptionNotRequired,
     {"Ter informatie: voor klasse {0} is versleuteling niet verplicht.",
      "For your information: encryption is not required for class {0}."}},
    {kLiveKeyExists,
     {"Voor deze entiteit, toepassing, omgeving en dit doel bestaat al een sleutel: {0}. Vraag een "
      "wijziging aan, of voeg een volgnummer toe aan het doel (bijvoorbeeld {1}) met een "
      "motivering.",
      "There already is a key for this entity, application, environment and purpose: {0}. Request "
      "a change, or add a sequence number to the purpose (for example {1}) with a justification."}},
    {kTwiceInFile,
     {"Rij {0} gaat over dezelfde sleutel; behoud één van beide rijen.",
      "Row {0} is about the same key; keep one of the two rows."}},
    {kSequenceNeedsJustification,
     {"Een bijkomende sleutel voor hetzelfde doel vraagt een motivering; vul de kolom Motivering "
      "in.",
      "A further key for the same purpose needs a justification; fill in the column "
      "Justification."}},
    {kSequenceWithoutFirst,
     {"Volgnummer {0} kan pas als sleutel {1} bestaat of in dit bestand wordt aangevraagd.",
      "Sequence number {0} is possible only once key {1} exists or is requested in this file."}},
    {kNoSuchKey,
     {"Voor deze entiteit, toepassing, omgeving en dit doel bestaat geen actieve sleutel. "
      "Controleer deze kolommen.",
      "There is no live key for this entity, application, environment and purpose. Check these "
      "columns."}},
    {kOtherKeyNamed,
     {"“{0}” is niet de sleutel waarover deze rij gaat; dat is {1}. Maak de cel leeg of verbeter "
      "ze.",
      "“{0}” is not the key that this row is about; that is {1}. Empty the cell or correct it."}},
    {kSpecNotForPurpose,
     {"Sleuteltype {0} past niet bij het doel {1}; kies een ander sleuteltype.",
      "Key spec {0} does not fit the purpose {1}; choose another key spec."}},
    {kSpecTooWeak,
     {"Sleuteltype {0} is te zwak voor klasse {1}: minstens {2} bits zijn nodig.",
      "Key spec {0} is too weak for class {1}: at least {2} bits are needed."}},
    {kSpecCannotChange,
     {"Het sleuteltype van een bestaande sleutel kan niet wijzigen: het is {0}. Vraag een nieuwe "
      "sleutel aan.",
      "The key spec of an existing key cannot change: it is {0}. Request a new key."}},
    {kCustodyCannotChange,
     {"Deze sleutel bevindt zich niet in de HSM zelf, en dat kan niet meer wijzigen. Vraag een "
      "nieuwe sleutel aan met een volgnummer.",
      "This key is not resident in the HSM, and that cannot change. Request a new key with a "
      "sequence number."}},
    {kCannotRotate,
     {"Een sleutel van het type {0} kan niet geroteerd worden. Vraag een nieuwe sleutel aan met "
      "een volgnummer.",
      "A key of spec {0} cannot be rotated. Request a new key with a sequence number."}},
    {kAdministratorIsUser,
     {"{0} is zowel sleutelbeheerder als sleutelgebruiker; vanaf klasse {1} zijn dat verschillende "
      "personen.",
      "{0} is both a key administrator and a key user; from class {1} on these are different "
      "persons."}},
    {kTooFewAdministrators,
     {"Minstens twee verschillende sleutelbeheerders zijn nodig voor klasse {0}.",
      "At least two different key administrators are needed for class {0}."}},
    {kUnknownPerson,
     {"“{0}” is niet bekend; controleer de schrijfwijze of laat de toegang eerst registreren.",
      "“{0}” is not known; check the spelling or have the access registered first."}},
    {kOwnerIsOfficer,
     {"De eigenaar {0} kan voor klasse {1} niet ook de veiligheidsconsulent zijn.",
      "The owner {0} cannot be the security officer as well for class {1}."}},
    {kRotationTooLong,
     {"Een rotatie van {0} dagen is te lang voor klasse {1}: ten hoogste {2} dagen.",
      "A rotation of {0} days is too long for class {1}: at most {2} days."}},
    {kRotationTooShort,
     {"Een automatische rotatie van {0} dagen is te kort: minstens {1} dagen.",
      "An automatic rotation of {0} days is too short: at least {1} days."}},
    {kNoRotationForKind,
     {"Een sleutel van het type {0} roteert niet automatisch; maak deze cel leeg en vul een "
      "einddatum in.",
      "A key of spec {0} does not rotate by itself; empty this cell and fill in an expiry date."}},
    {kActivationPast,
     {"De activatiedatum {0} ligt in het verleden; kies vandaag of later.",
      "The activation date {0} is in the past; choose today or later."}},
    {kExpiryMissing,
     {"Een einddatum is verplicht voor klasse {0}.", "An expiry date is mandatory for class {0}."}},
    {kExpiryBeforeActivation,
     {"De einddatum {0} valt niet na de activatiedatum {1}.",
      "The expiry date {0} is not after the activation date {1}."}},
    {kExpiryTooLate,
     {"De einddatum {0} is te laat voor klasse {1}: uiterlijk {2}.",
      "The expiry date {0} is too late for class {1}: {2} at the latest."}},
    {kAccountNotAws,
     {"“{0}” is geen AWS-accountnummer: verwacht worden 12 cijfers. Zet de cel als tekst, zodat "
      "voorloopnullen bewaard blijven.",
      "“{0}” is not an AWS account number: 12 digits are expected. Format the cell as text, so "
      "that leading zeros stay."}},
    {kAccountNotAzure,
     {"“{0}” is geen Azure-tenant-ID: verwacht wordt een UUID.",
      "“{0}” is not an Azure tenant ID: a UUID is expected."}},
    {kAccountOnPremises,
     {"Voor ON-PREM blijft het account-ID leeg.", "For ON-PREM the account ID stays empty."}},
    {kRoutedToEntity,
     {"Ter informatie: de aanvrager behoort niet tot {0}; een goedkeurder van die entiteit "
      "beslist.",
      "For your information: the requester does not belong to {0}; an approver of that entity "
      "decides."}},
    {kRoutedToCentral,
     {"Ter informatie: {0} heeft geen eigen goedkeurders; de centrale sleutelbeheerders beslissen.",
      "For your information: {0} has no approvers of its own; the central key managers decide."}},
    {kOutputFilled,
     {"Deze kolom wordt door de dienst ingevuld en blijft leeg bij een nieuwe aanvraag. Begin met "
      "een leeg sjabloon.",
      "This column is filled in by the service and stays empty in a new request. Begin with an "
      "empty template."}},
    {kNeededFromClass,
     {"Deze cel is verplicht voor klasse {0}; vul ze in.",
      "This cell is mandatory for class {0}; fill it in."}},
};

constexpr bool Complete() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].message) != i) return false;
  }
  return std::size(kRows) == static_cast<std::size_t>(kNeededFromClass) + 1;
}
static_assert(Complete(),
              "the table has one row for each message, in the order of the enumeration");

}  // namespace

const Text& TextOf(Message message) { return kRows[static_cast<std::size_t>(message)].text; }

}  // namespace kmaas::keyservice
