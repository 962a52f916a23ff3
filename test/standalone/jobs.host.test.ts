// The standalone beside jobs (--stats), and where CVMFS hangs or is dead: its own executable is started to look.
import './built.ts';
import '../job/stats.host.test.ts';
import '../status/status.host.test.ts';
