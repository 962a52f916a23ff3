// The launch probe with a standalone's launcher and a planner of the test's compiled as the standalone is: what a job can tell of
// its start must not depend on what computed the plan.
import './built.ts';
import '../launch/identity.host.test.ts';
