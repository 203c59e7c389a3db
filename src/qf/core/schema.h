// The three tables of a dataset: every field with its type, meaning, unit, privacy class and role.
// The listing, the JSON Schema, docs/fields.md, the Arrow schema and the policy all come from here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace qf {

inline constexpr std::string_view kSchemaVersion = "1.0.0";

enum class TypeKind : std::uint8_t { kString, kBool, kInt32, kInt64, kDouble, kTimestamp, kList, kStruct };

struct ChildType;

// A field's type. A list has one child (its item), a struct has a child for each member.
struct FieldType {
  TypeKind kind = TypeKind::kString;
  const ChildType* children = nullptr;
  std::size_t child_count = 0;

  constexpr std::span<const ChildType> members() const;
};

struct ChildType {
  std::string_view name;
  FieldType type;
  std::string_view meaning;
};

constexpr std::span<const ChildType> FieldType::members() const { return {children, child_count}; }

// How near a field brings its reader to a person (GDPR Art. 4(1), 4(5); WP29 opinion 05/2014).
enum class PrivacyClass : std::uint8_t {
  kDirectIdentifier,  // names a person or their work by itself; leaves only as a keyed pseudonym
  kQuasiIdentifier,   // singles out together with others
  kSensitive,         // what a person chose or how long they took: about them, as a worker
  kFreeText,          // words of a person
  kNotSensitive,
};

// When the value is known, seen from the decision. Leakage checks look at features only.
enum class Role : std::uint8_t {
  kFeature,    // known before the decision
  kTarget,     // what a model is to predict
  kAftermath,  // known only after the decision: never an input
  kKey,        // joins rows
  kMetadata,   // about the row, not about the decision
};

struct FieldSpec {
  std::string_view name;
  FieldType type;
  std::string_view meaning;
  std::string_view unit;  // "" where a unit makes no sense
  PrivacyClass privacy;
  Role role;

  // All six are required: a field without a class or a role does not compile.
  consteval FieldSpec(std::string_view n, FieldType t, PrivacyClass p, Role r, std::string_view m, std::string_view u)
      : name(n), type(t), meaning(m), unit(u), privacy(p), role(r) {}
};

enum class TableId : std::uint8_t { kDecisions, kCorrections, kQuestions };
inline constexpr std::size_t kTableCount = 3;

struct TableSchema {
  TableId id;
  std::string_view name;
  std::string_view meaning;
  std::span<const FieldSpec> fields;
};

// The tables in their published order.
std::span<const TableSchema> tables();
const TableSchema& table_schema(TableId id);

std::string_view to_string(PrivacyClass privacy);
std::string_view to_string(Role role);
// The type as people write it: "list<string>", "struct<module: string, …>".
std::string_view to_string(TypeKind kind);

}  // namespace qf
