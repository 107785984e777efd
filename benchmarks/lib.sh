# Sourced by the scripts beside it: builds what they run, and runs it.

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
built=$home/benchmarks/target/lib

# The JDK under test is TANDEM_JAVA_HOME, else the default one; it builds too.
if [[ -n ${TANDEM_JAVA_HOME:-} ]]; then
  export JAVA_HOME=$TANDEM_JAVA_HOME
fi
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

is_built() {
  [[ -f $built/.done ]] || return 1
  local newer
  newer=$(find "$home"/pom.xml "$home"/{runtime,ktor-streams,java-api,benchmarks}/{pom.xml,src/main} \
    -type f -newer "$built/.done" -print -quit 2>/dev/null)
  [[ -z $newer ]]
}

# Builds on first use and after a source has changed; two scripts at a time wait for each other.
build() {
  if is_built; then return; fi
  mkdir -p "$home/benchmarks/target"
  (
    flock 9
    if is_built; then exit; fi
    echo "Building the benchmarks ..." >&2
    local started
    started=$(mktemp)
    cd "$home"
    local maven=./mvnw
    if command -v mvn >/dev/null; then maven=mvn; fi
    "$maven" -q -Pbenchmarks -pl benchmarks -am package -Dmaven.test.skip=true -Dspotless.check.skip=true >&2
    mv "$started" "$built/.done"
  ) 9>"$home/benchmarks/target/.lock"
}

# The options are the same for whatever is compared. Netty reaches for native code on newer JDKs.
java_command=("$java" --enable-native-access=ALL-UNNAMED)
if [[ -n ${TANDEM_JAVA_OPTS:-} ]]; then
  read -ra java_options <<<"$TANDEM_JAVA_OPTS"
  java_command+=("${java_options[@]}")
fi
java_command+=(-cp "$home/benchmarks/target/classes:$built/*")

# For virtual threads that are mounted on the loop's thread.
open_java_lang=(--add-opens java.base/java.lang=ALL-UNNAMED)
