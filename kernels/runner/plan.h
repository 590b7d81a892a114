#ifndef ED_RUNNER_PLAN_H
#define ED_RUNNER_PLAN_H
#include "../include/edge_deploy.h"
#include "options.h"

/*
 * The first plan whose inputs have the shapes of --shape; those not named may have any. Ends with an input error that lists
 * the known shapes when there is none, and with a usage error when the program has no input of that name.
 */
uint32_t choose_plan(const struct ed_model *model, const struct options *options);

#endif
