// A field has to say when its value is known, or a leakage check would have nothing to look at.
#include "qf/core/schema.h"

constexpr qf::FieldSpec field{"name",
                              qf::FieldType{qf::TypeKind::kString},
                              qf::PrivacyClass::kFreeText,
#ifdef QF_EXPECT_COMPILES
                              qf::Role::kFeature,
#endif
                              "what the field means",
                              ""};
static_assert(!field.meaning.empty());
