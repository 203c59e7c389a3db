// The Arrow form of a table's schema; included by sources of this folder only.
#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>

#include "qf/core/result.h"
#include "qf/core/schema.h"

namespace qf {

// Everything may be null, at every depth: Hugging Face builds only such fields and silently prefers
// its own guess where a file's field differs. Every field has a Parquet field_id: a column its place
// from 1, a nested field its parent's id times 100 plus its own place from 1.
std::shared_ptr<arrow::Schema> arrow_schema(const TableSchema& table);

// The value of the `huggingface` key in a Parquet footer: the table's features as JSON, a list as
// an array of one element and a struct as a plain object, which readers of any age understand.
std::string huggingface_features(const TableSchema& table);

// Position of a top-level scalar column among the leaves that Parquet counts; -1 if there is none.
int leaf_column(const TableSchema& table, std::string_view name);

// An error of Arrow or Parquet as one of ours; `what` says what was being done, with which file.
tl::unexpected<Error> arrow_failure(std::string_view what, const arrow::Status& status, ErrorCode code);

}  // namespace qf
