#include "qf/output/arrow_schema.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <nlohmann/json.hpp>

namespace qf {
namespace {

std::shared_ptr<arrow::Field> arrow_field(std::string_view name, const FieldType& type, int id);

std::shared_ptr<arrow::DataType> arrow_type(const FieldType& type, int id) {
  switch (type.kind) {
    case TypeKind::kString: return arrow::utf8();
    case TypeKind::kBool: return arrow::boolean();
    case TypeKind::kInt32: return arrow::int32();
    case TypeKind::kInt64: return arrow::int64();
    case TypeKind::kDouble: return arrow::float64();
    case TypeKind::kTimestamp: return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case TypeKind::kList: return arrow::list(arrow_field("element", type.members().front().type, id * 100 + 1));
    case TypeKind::kStruct: {
      arrow::FieldVector members;
      for (const ChildType& member : type.members())
        members.push_back(arrow_field(member.name, member.type, id * 100 + static_cast<int>(members.size()) + 1));
      return arrow::struct_(members);
    }
  }
  return arrow::null();
}

std::shared_ptr<arrow::Field> arrow_field(std::string_view name, const FieldType& type, int id) {
  return arrow::field(std::string(name), arrow_type(type, id), /*nullable=*/true,
                      arrow::key_value_metadata({"PARQUET:field_id"}, {std::to_string(id)}));
}

nlohmann::ordered_json feature(const FieldType& type) {
  using Json = nlohmann::ordered_json;
  const auto value = [](const char* dtype) { return Json{{"dtype", dtype}, {"_type", "Value"}}; };
  switch (type.kind) {
    case TypeKind::kString: return value("string");
    case TypeKind::kBool: return value("bool");
    case TypeKind::kInt32: return value("int32");
    case TypeKind::kInt64: return value("int64");
    case TypeKind::kDouble: return value("float64");
    case TypeKind::kTimestamp: return value("timestamp[us, tz=UTC]");
    case TypeKind::kList: {
      Json list = Json::array();
      list.push_back(feature(type.members().front().type));
      return list;
    }
    case TypeKind::kStruct: {
      Json members = Json::object();
      for (const ChildType& member : type.members()) members[std::string(member.name)] = feature(member.type);
      return members;
    }
  }
  return {};
}

int leaf_count(const FieldType& type) {
  if (type.child_count == 0) return 1;
  int count = 0;
  for (const ChildType& child : type.members()) count += leaf_count(child.type);
  return count;
}

}  // namespace

std::shared_ptr<arrow::Schema> arrow_schema(const TableSchema& table) {
  arrow::FieldVector fields;
  for (const FieldSpec& field : table.fields)
    fields.push_back(arrow_field(field.name, field.type, static_cast<int>(fields.size()) + 1));
  return arrow::schema(std::move(fields));
}

std::string huggingface_features(const TableSchema& table) {
  nlohmann::ordered_json features = nlohmann::ordered_json::object();
  for (const FieldSpec& field : table.fields) features[std::string(field.name)] = feature(field.type);
  return nlohmann::ordered_json{{"info", {{"features", std::move(features)}}}}.dump();
}

int leaf_column(const TableSchema& table, std::string_view name) {
  int leaf = 0;
  for (const FieldSpec& field : table.fields) {
    if (field.name == name) return field.type.child_count == 0 ? leaf : -1;
    leaf += leaf_count(field.type);
  }
  return -1;
}

tl::unexpected<Error> arrow_failure(std::string_view what, const arrow::Status& status, ErrorCode code) {
  // The system's reason stands apart from Arrow's message.
  const std::string why = status.detail() == nullptr ? "" : " (" + status.detail()->ToString() + ")";
  return failure(status.IsIOError() ? ErrorCode::kIo : code, std::string(what) + ": " + status.message() + why);
}

}  // namespace qf
