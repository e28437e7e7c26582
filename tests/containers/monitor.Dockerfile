# Like the official images of Prometheus and Alertmanager, as far as compose.yaml uses them: the program, busybox' wget, and a
# folder that is nobody's.
FROM python:3.11-slim-bookworm
ARG PROGRAM
COPY busybox ${PROGRAM} /bin/
COPY templates/ /usr/share/prometheus/alertmanager/
RUN ln -s busybox /bin/wget && ln -s "${PROGRAM}" /bin/monitor && install -d -o 65534 -g 65534 /prometheus /alertmanager
USER 65534:65534
ENTRYPOINT ["/bin/monitor"]
