// What a program of somebody else's needs to use the installed library: a header and a function of it.
#include <iostream>

#include "qf/core/schema.h"

int main() { std::cout << "decisions has " << qf::table_schema(qf::TableId::kDecisions).fields.size() << " fields\n"; }
