# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
summary='Node 22, 24 and 26 from npm, beside the Node that is here'
seconds=12

nodes=$JCDS_TEST_CACHE/nodes
majors=(22 24 26)

is_done() {
  local major
  for major in "${majors[@]}"; do
    case $("$nodes/$major" --version 2>/dev/null) in "v$major."*) ;; *) return 1 ;; esac
  done
}

install_step() {
  local major wanted=() cpu
  case $(uname -m) in x86_64) cpu=x64 ;; aarch64) cpu=arm64 ;; *) echo "no Node for $(uname -m)"; return 1 ;; esac
  for major in "${majors[@]}"; do wanted+=("node$major@npm:node-linux-$cpu@$major"); done
  mkdir -p "$nodes/packages"
  (cd "$nodes/packages" && { [ -e package.json ] || echo '{"private":true}' > package.json; } &&
    npm install --no-audit --no-fund --no-progress "${wanted[@]}") || return
  for major in "${majors[@]}"; do ln -sfn "packages/node_modules/node$major/bin/node" "$nodes/$major"; done
}
