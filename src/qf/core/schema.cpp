#include "qf/core/schema.h"

#include "qf/core/fields.h"

namespace qf {
namespace {

constexpr TableSchema kTables[] = {
    {TableId::kDecisions, "decisions", "a choice that a teacher made, with what was known before it",
     fields::kDecisions},
    {TableId::kCorrections, "corrections", "a change to one field of a question, before and after",
     fields::kCorrections},
    {TableId::kQuestions, "questions", "the life of one question: its final form and how it came there",
     fields::kQuestions},
};
static_assert(std::size(kTables) == kTableCount);

}  // namespace

std::span<const TableSchema> tables() { return kTables; }

const TableSchema& table_schema(TableId id) { return kTables[static_cast<std::size_t>(id)]; }

std::string_view to_string(PrivacyClass privacy) {
  switch (privacy) {
    case PrivacyClass::kDirectIdentifier: return "direct identifier";
    case PrivacyClass::kQuasiIdentifier: return "quasi-identifier";
    case PrivacyClass::kSensitive: return "sensitive";
    case PrivacyClass::kFreeText: return "free text";
    case PrivacyClass::kNotSensitive: return "not sensitive";
  }
  return "";
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kFeature: return "feature";
    case Role::kTarget: return "target";
    case Role::kAftermath: return "aftermath";
    case Role::kKey: return "key";
    case Role::kMetadata: return "metadata";
  }
  return "";
}

std::string_view to_string(TypeKind kind) {
  switch (kind) {
    case TypeKind::kString: return "string";
    case TypeKind::kBool: return "bool";
    case TypeKind::kInt32: return "int32";
    case TypeKind::kInt64: return "int64";
    case TypeKind::kDouble: return "double";
    case TypeKind::kTimestamp: return "timestamp";
    case TypeKind::kList: return "list";
    case TypeKind::kStruct: return "struct";
  }
  return "";
}

}  // namespace qf
