#include "requestsheet/column_notes.h"

#include <cstddef>
#include <iterator>

namespace kmaas::requestsheet {
namespace {

using enum keyservice::Column;
using keyservice::Text;

struct Row {
  keyservice::Column column;
  Text note;
};

constexpr Row kRows[] = {
    {kAction,
     {"NIEUW voor een nieuwe sleutel; WIJZIG, ROTEER of INTREKKEN voor een bestaande.",
      "NEW for a new key; CHANGE, ROTATE or REVOKE for one that is there."}},
    {kEntityCode,
     {"OVO-code van de entiteit waarvan de gegevens zijn: OVO en zes cijfers, zoals OVO002949.",
      "OVO code of the entity whose data it is: OVO and six digits, as in OVO002949."}},
    {kEntityName, {"Naam van de entiteit, ter controle.", "Name of the entity, as a check."}},
    {kApplicationId,
     {"Id van de toepassing in de CMDB: 2 tot 32 letters, cijfers en koppeltekens.",
      "Id of the application in the CMDB: 2 to 32 letters, digits and hyphens."}},
    {kApplicationName, {"Naam van de toepassing.", "Name of the application."}},
    {kEnvironment,
     {"Eén sleutel per omgeving. Buiten productie enkel voor gegevens vanaf klasse 3, met een "
      "motivering.",
      "One key for each environment. Outside of production only for data of class 3 or higher, "
      "with a justification."}},
    {kConfidentiality,
     {"Informatieklasse voor vertrouwelijkheid, 1 tot 5. De hoogste van beide klassen telt.",
      "Information class for confidentiality, 1 to 5. The higher one of both classes counts."}},
    {kIntegrity,
     {"Informatieklasse voor integriteit, 1 tot 5.", "Information class for integrity, 1 to 5."}},
    {kPersonalData,
     {"JA bij persoonsgegevens, BIJZONDER bij bijzondere categorieën (gezondheid, afkomst, ...).",
      "YES for personal data, SPECIAL for special categories of them (health, origin, ...)."}},
    {kPurpose,
     {"Eén doel per sleutel. Een tweede sleutel voor hetzelfde doel krijgt een volgnummer, zoals "
      "VERSLEUTELEN-02, en een motivering.",
      "One purpose for each key. A second key for the same purpose gets a sequence number, as in "
      "ENCRYPT-02, and a justification."}},
    {kKeySpec,
     {"Leeg: het minste dat doel en klasse toelaten, zoals AES-256 om te versleutelen.",
      "Empty: the least that purpose and class allow, as AES-256 to encrypt."}},
    {kServices,
     {"Waarvoor de sleutel dient; meerdere gescheiden door een puntkomma.",
      "What the key is used for; several with semicolons between them."}},
    {kPlatform, {"Waar de toepassing draait.", "Where the application runs."}},
    {kAccountId,
     {"Voor AWS de 12 cijfers van het account, als tekst; voor AZURE het tenant-ID; voor ON-PREM "
      "leeg.",
      "For AWS the 12 digits of the account, as text; for AZURE the tenant ID; for ON-PREM "
      "empty."}},
    {kRegion,
     {"Regio van de toepassing, zoals eu-central-1.",
      "Region of the application, as in eu-central-1."}},
    {kAdministrators,
     {"E-mailadressen van wie de sleutel beheert, gescheiden door puntkomma's; vanaf klasse 3 "
      "minstens twee personen die hem niet gebruiken.",
      "E-mail addresses of who manages the key, with semicolons between them; from class 3 on at "
      "least two persons who do not use it."}},
    {kUsers,
     {"Wie of wat de sleutel gebruikt: e-mailadressen of ARN's, gescheiden door puntkomma's.",
      "Who or what uses the key: e-mail addresses or ARNs, with semicolons between them."}},
    {kOwner,
     {"E-mailadres van wie verantwoordelijk is voor de gegevens.",
      "E-mail address of who is responsible for the data."}},
    {kSecurityOfficer,
     {"E-mailadres van de veiligheidsconsulent; verplicht vanaf klasse 4.",
      "E-mail address of the security officer; mandatory from class 4 on."}},
    {kRotationDays,
     {"Leeg: zoals de klasse het vraagt. Enkel voor symmetrische sleutels om te versleutelen.",
      "Empty: as the class asks. Only for symmetric keys that encrypt."}},
    {kActivation,
     {"Leeg: vandaag. Anders JJJJ-MM-DD of DD/MM/JJJJ.",
      "Empty: today. Otherwise YYYY-MM-DD or DD/MM/YYYY."}},
    {kExpiry,
     {"Verplicht vanaf klasse 3. JJJJ-MM-DD of DD/MM/JJJJ.",
      "Mandatory from class 3 on. YYYY-MM-DD or DD/MM/YYYY."}},
    {kHsmResident,
     {"JA als de sleutel de HSM nooit mag verlaten, ook niet versleuteld; de klasse kan dat "
      "opleggen.",
      "YES when the key may never leave the HSM, not even encrypted; the class may demand it."}},
    {kJustification,
     {"Verplicht buiten productie, vanaf klasse 4 en voor een volgende sleutel.",
      "Mandatory outside of production, from class 4 on and for a further key."}},
    {kChangeNumber,
     {"Nummer van de goedgekeurde wijziging; verplicht vanaf klasse 3.",
      "Number of the change that was approved; mandatory from class 3 on."}},
    {kRemarks, {"Vrije tekst.", "Free text."}},
    {kStatus, {"Ingevuld door de dienst.", "Filled in by the service."}},
    {kAlias,
     {"Ingevuld door de dienst: de naam van de sleutel.",
      "Filled in by the service: the key's name."}},
    {kKeyId, {"Ingevuld door de dienst.", "Filled in by the service."}},
    {kKeyArn,
     {"Ingevuld door de dienst: hiermee gebruiken toepassingen de sleutel.",
      "Filled in by the service: by this, applications use the key."}},
    {kCreated, {"Ingevuld door de dienst.", "Filled in by the service."}},
    {kApprovedBy, {"Ingevuld door de dienst.", "Filled in by the service."}},
    {kError,
     {"Ingevuld door de dienst: wat er aan de rij te verbeteren is.",
      "Filled in by the service: what is to be mended in the row."}},
};

constexpr bool Complete() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].column) != i) return false;
  }
  return std::size(kRows) == static_cast<std::size_t>(kError) + 1;
}
static_assert(Complete(), "the table has one row for each column, in the order of the enumeration");

}  // namespace

const Text& NoteOf(keyservice::Column column) {
  return kRows[static_cast<std::size_t>(column)].note;
}

}  // namespace kmaas::requestsheet
