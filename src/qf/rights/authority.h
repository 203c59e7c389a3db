// Who answers for a dataset and who has it: what the command line needs of the ledger.
#pragma once

#include "qf/ledger/authorisations.h"
#include "qf/ledger/people.h"
#include "qf/ledger/recipients.h"
#include "qf/store/store.h"
