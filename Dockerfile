# The suite as one static binary and nothing else. Built beforehand, since compiling needs no container:
#   RUSTFLAGS='-C target-feature=+crt-static' cargo build --release --locked -p hengji --target x86_64-unknown-linux-gnu
FROM scratch
COPY target/x86_64-unknown-linux-gnu/release/hengji /hengji
USER 65532:65532
EXPOSE 7443
ENTRYPOINT ["/hengji"]
CMD ["serve"]
