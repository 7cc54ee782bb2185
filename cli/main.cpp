// bw: the command line. To add a command, write cli/<command>.cpp (cli/command.h says how) and name its
// declaration here, twice; help lists commands in this order within their purpose.

#include "cli/program.h"

namespace bw::cli {

void declare_adopt(Commands& commands);
void declare_badge(Commands& commands);
void declare_behaviour(Commands& commands);
void declare_exam(Commands& commands);
void declare_attest(Commands& commands);
void declare_checkpoint(Commands& commands);
void declare_clone(Commands& commands);
void declare_config(Commands& commands);
void declare_contribute(Commands& commands);
void declare_diff(Commands& commands);
void declare_disclose(Commands& commands);
void declare_doctor(Commands& commands);
void declare_evaluate(Commands& commands);
void declare_explain(Commands& commands);
void declare_fork(Commands& commands);
void declare_gc(Commands& commands);
void declare_goal(Commands& commands);
void declare_help(Commands& commands);
void declare_id(Commands& commands);
void declare_init(Commands& commands);
void declare_join(Commands& commands);
void declare_journal(Commands& commands);
void declare_log(Commands& commands);
void declare_member(Commands& commands);
void declare_merge(Commands& commands);
void declare_merge_driver(Commands& commands);
void declare_op(Commands& commands);
void declare_points(Commands& commands);
void declare_proposal(Commands& commands);
void declare_prove(Commands& commands);
void declare_publish(Commands& commands);
void declare_pull(Commands& commands);
void declare_reveal(Commands& commands);
void declare_show(Commands& commands);
void declare_state(Commands& commands);
void declare_status(Commands& commands);
void declare_steward(Commands& commands);
void declare_submit(Commands& commands);
void declare_sync(Commands& commands);
void declare_task(Commands& commands);
void declare_thank(Commands& commands);
void declare_tiles(Commands& commands);
void declare_tool(Commands& commands);
void declare_undo(Commands& commands);
void declare_validate(Commands& commands);
void declare_verify(Commands& commands);
void declare_version(Commands& commands);
void declare_withdraw(Commands& commands);
void declare_witness(Commands& commands);
void declare_world(Commands& commands);

namespace {

void declare(Commands& commands) {
  declare_id(commands);
  declare_init(commands);
  declare_clone(commands);
  declare_join(commands);
  declare_fork(commands);
  declare_log(commands);
  declare_show(commands);
  declare_attest(commands);
  declare_thank(commands);
  declare_undo(commands);
  declare_reveal(commands);
  declare_withdraw(commands);
  declare_behaviour(commands);
  declare_goal(commands);
  declare_journal(commands);
  declare_submit(commands);
  declare_sync(commands);
  declare_status(commands);
  declare_pull(commands);
  declare_validate(commands);
  declare_diff(commands);
  declare_adopt(commands);
  declare_contribute(commands);
  declare_tool(commands);
  declare_proposal(commands);
  declare_task(commands);
  declare_points(commands);
  declare_evaluate(commands);
  declare_badge(commands);
  declare_exam(commands);
  declare_member(commands);
  declare_merge(commands);
  declare_publish(commands);
  declare_verify(commands);
  declare_state(commands);
  declare_explain(commands);
  declare_prove(commands);
  declare_disclose(commands);
  declare_checkpoint(commands);
  declare_tiles(commands);
  declare_witness(commands);
  declare_doctor(commands);
  declare_gc(commands);
  declare_op(commands);
  declare_steward(commands);
  declare_merge_driver(commands);
  declare_world(commands);
  declare_config(commands);
  declare_help(commands);
  declare_version(commands);

  commands.add_served_by("bw-hub", "search", Purpose::together, "Find worlds on a Hub");
  commands.add_served_by("bw-hub", "hub", Purpose::more, "Make and keep a Hub");
}

}  // namespace
}  // namespace bw::cli

int main(int argc, char** argv) {
  return bw::cli::run_program({"bw", bw::cli::declare}, argc, argv);
}
