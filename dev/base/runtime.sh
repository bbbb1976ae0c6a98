# What pedigree's programs need of Debian at run time. Sourced.
RUNTIME_PACKAGES=(ca-certificates git libcurl4 libexpat1 libfmt9 libgit2-1.5 libpq5 libprometheus-cpp-core1.0
    libseccomp2 libspdlog1.10 libssl3 libyaml-cpp0.7 libzstd1
    openssh-client zlib1g)
