#include "keyservice/rows/column.h"

#include <cstddef>
#include <iterator>

namespace kmaas::keyservice {
namespace {

using enum Column;
using enum Presence;

constexpr ColumnFacts kColumns[] = {
    {kAction, "action", {"Aanvraagtype", "Request type"}, kMandatory},
    {kEntityCode, "entity_code", {"OVO-code entiteit", "Entity OVO code"}, kMandatory},
    {kEntityName, "entity_name", {"Entiteit", "Entity name"}, kOptional},
    {kApplicationId, "application_id", {"Toepassings-ID", "Application ID"}, kMandatory},
    {kApplicationName, "application_name", {"Toepassing", "Application name"}, kMandatory},
    {kEnvironment, "environment", {"Omgeving", "Environment"}, kMandatory},
    {kConfidentiality,
     "confidentiality",
     {"Klasse vertrouwelijkheid", "Confidentiality class"},
     kMandatory},
    {kIntegrity, "integrity", {"Klasse integriteit", "Integrity class"}, kMandatory},
    {kPersonalData, "personal_data", {"Persoonsgegevens", "Personal data"}, kMandatory},
    {kPurpose, "purpose", {"Doel", "Purpose"}, kMandatory},
    {kKeySpec, "key_spec", {"Sleuteltype", "Key spec"}, kOptional},
    {kServices, "services", {"Diensten", "Services"}, kMandatory},
    {kPlatform, "platform", {"Platform", "Platform"}, kMandatory},
    {kAccountId, "account_id", {"Account-ID", "Account ID"}, kByRule},
    {kRegion, "region", {"Regio", "Region"}, kOptional},
    {kAdministrators, "administrators", {"Sleutelbeheerders", "Key administrators"}, kMandatory},
    {kUsers, "users", {"Sleutelgebruikers", "Key users"}, kMandatory},
    {kOwner, "owner", {"Eigenaar", "Owner"}, kMandatory},
    {kSecurityOfficer, "security_officer", {"Veiligheidsconsulent", "Security officer"}, kByRule},
    {kRotationDays, "rotation_days", {"Rotatie (dagen)", "Rotation (days)"}, kOptional},
    {kActivation, "activation", {"Activatiedatum", "Activation date"}, kOptional},
    {kExpiry, "expiry", {"Einddatum", "Expiry date"}, kByRule},
    {kHsmResident, "hsm_resident", {"In HSM", "HSM resident"}, kOptional},
    {kJustification, "justification", {"Motivering", "Justification"}, kByRule},
    {kChangeNumber, "change_number", {"Wijzigingsnummer", "Change number"}, kByRule},
    {kRemarks, "remarks", {"Opmerking", "Remarks"}, kOptional},
    {kStatus, "status", {"Status", "Status"}, kOutput},
    {kAlias, "alias", {"Alias", "Alias"}, kOutput},
    {kKeyId, "key_id", {"Sleutel-ID", "Key ID"}, kOutput},
    {kKeyArn, "key_arn", {"Sleutel-ARN", "Key ARN"}, kOutput},
    {kCreated, "created", {"Aangemaakt op", "Created on"}, kOutput},
    {kApprovedBy, "approved_by", {"Goedgekeurd door", "Approved by"}, kOutput},
    {kError, "error", {"Foutmelding", "Error"}, kOutput},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < std::size(kColumns); ++i) {
    if (static_cast<std::size_t>(kColumns[i].column) != i) return false;
  }
  return std::size(kColumns) == static_cast<std::size_t>(kError) + 1;
}
static_assert(InOrder(), "the table has one row for each column, in the order of the enumeration");

}  // namespace

std::span<const ColumnFacts> Columns() { return kColumns; }

const ColumnFacts& FactsOf(Column column) { return kColumns[static_cast<std::size_t>(column)]; }

}  // namespace kmaas::keyservice
