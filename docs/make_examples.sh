#!/usr/bin/env bash
# Re-makes every example in README.md, README.zh-CN.md, docs/api.md and the settings tables, from what the code answers now.
# Usage: docs/make_examples.sh
# Builds its own index and serves it on a free port for a moment; touches nothing but those pages, docs/operations.md and the
# reranker's card (from NPZ, which the refining stage of training writes; left as it is where there is none).
set -euo pipefail
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=1
work=$(mktemp -d); server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
py=.venv/bin/python
$py -m indexer build --corpus corpus --index "$work/index" --quiet
$py -m service --index "$work/index" --port 0 --feedback-db "$work/feedback.sqlite3" >"$work/out" 2>"$work/log" &
server=$!
for _ in $(seq 60); do grep -q 'http://' "$work/out" && break; sleep 1; done
base=$(grep -o 'http://[^ ]*' "$work/out" | head -1)
for _ in $(seq 60); do curl -sf "$base/readyz" >/dev/null && break; sleep 1; done

terminal() {  # name, question
  { echo '```text'; echo "\$ .venv/bin/wence ask \"$2\""; $py -m service ask --index "$work/index" "$2" || [ $? -eq 4 ]; echo '```'; } >"$work/$1"
}
terminal figure  "黄石市给小微企业做融资担保，费率最高多少？"
{ echo "\`\`\`text"; echo "\$ .venv/bin/wence ask \"鄂州市2022年3月底前要完成哪些任务？\" | head -8"; { $py -m service ask --index "$work/index" "鄂州市2022年3月底前要完成哪些任务？" || true; } | sed -n 1,8p; echo "\`\`\`"; } >"$work/tasks"
terminal refusal "上海市注销公司要几天？"
pretty() { $py -c 'import json,sys; print(json.dumps(json.load(sys.stdin), ensure_ascii=False, indent=2))'; }
post() { curl -s "$base$1" -H 'content-type: application/json' -d "$2"; }
fence() { { echo "\`\`\`$2"; cat; echo '```'; } >"$work/$1"; }
post /api/v1/ask '{"question": "黄石市给小微企业做融资担保，费率最高多少？"}' | pretty | fence ask json
post /api/v1/ask '{"question": "上海市注销公司要几天？"}' \
  | $py -c 'import json,sys; a=json.load(sys.stdin); a["suggestions"]=a["suggestions"][:1]; print(json.dumps(a, ensure_ascii=False, indent=2))' | fence refused json
post /api/v1/ask '{"question": "黄石市给小微企业做融资担保，费率最高多少？", "stream": true}' | tr -d '\r' \
  | $py -c 'import sys; print("\n".join(l if len(l) < 180 else l[:177] + " …" for l in sys.stdin.read().strip().split("\n")))' | fence stream text
post /api/v1/ask '{"question": "", "top": 3}' | pretty | fence problem json
curl -sG "$base/api/v1/search" --data-urlencode 'q=企业注销' -d top_k=1 | pretty | fence search json
post /v1/chat/completions '{"model": "wence", "messages": [{"role": "user", "content": "黄石市给小微企业做融资担保，费率最高多少？"}]}' \
  | $py -c 'import json,sys; a=json.load(sys.stdin); m=a["choices"][0]["message"]; m["citations"]=[{n: c[n] for n in ("index", "document_id")} for c in m["citations"]]; print(json.dumps(a, ensure_ascii=False, indent=2))' \
  | sed "s#$base#http://127.0.0.1:8000#g" | fence chat json
{ $py -m service settings; } >"$work/settings"

$py - "$work" README.md README.zh-CN.md docs/api.md docs/operations.md <<'P'
import re, sys
from pathlib import Path
work, *pages = sys.argv[1:]
for page in pages:
    file = Path(page); text = file.read_text("utf-8")
    def fill(match):
        return f"<!-- example:{match[1]} -->\n{(Path(work) / match[1]).read_text('utf-8').rstrip()}\n<!-- /example -->"
    file.write_text(re.sub(r"<!-- example:(\w+) -->\n.*?<!-- /example -->", fill, text, flags=re.S), "utf-8")
    print(page, re.findall(r"<!-- example:(\w+) -->", text))
P
# The reranker's card: figures of calibration.json, diagram and table from the cross-fitted probabilities.
npz=${NPZ:-var/training/refining/confidence.npz}
$py - <<'P' >"$work/calibration"
import json
figures = json.load(open("models/reranker/calibration.json"))
print("| figure | value |\n| --- | ---: |")
for name, value in figures.items():
    print(f"| {name} | {value:.3f} |")
P
[ -f "$npz" ] || exit 0
$py -m training.reliability "$npz" | sed -e 's/概率（均值）/predicted, mean/; s/可答的比例/share answerable/; s/95% 区间/95 % interval/; s/题数/questions/; s/^校准误差 \(.*\)，\(.*\) 题$/Expected calibration error \1, \2 questions./' >"$work/reliability"
$py - "$work" models/reranker/README.md <<'P'
import re, sys
from pathlib import Path
work, page = sys.argv[1:]
file = Path(page); text = file.read_text("utf-8")
file.write_text(re.sub(r"<!-- example:(\w+) -->\n.*?<!-- /example -->", lambda m: f"<!-- example:{m[1]} -->\n{(Path(work) / m[1]).read_text('utf-8').rstrip()}\n<!-- /example -->", text, flags=re.S), "utf-8")
print(page)
P
