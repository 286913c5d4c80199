echo "mounted read-only"
