namespace GrpcRouter.Bench;

/// <summary>Starts proxies in front of the direct server, each on two ports: without TLS and with.</summary>
internal static class Peers
{
    public static IReadOnlyList<string> Names { get; } = ["nghttpx", "haproxy", "nginx", "yarp"];

    public static ServerProcess Start(string name, int port, int tlsPort, int backend, Certificate certificate, string folder) => name switch
    {
        "nghttpx" => Nghttpx(port, tlsPort, backend, certificate, folder),
        "haproxy" => Haproxy(port, tlsPort, backend, certificate, folder),
        "nginx" => Nginx(port, tlsPort, backend, certificate, folder),
        "yarp" => new HostProcess("yarp", "YarpHost", folder, $"{backend}", $"{port}", $"{tlsPort}", certificate.File, certificate.KeyFile),
        _ => throw new BenchException($"There is no peer {name}."),
    };

    private static PeerProcess Nghttpx(int port, int tlsPort, int backend, Certificate certificate, string folder) => new(
        "nghttpx",
        "nghttpx",
        folder,
        "--conf=/dev/null",
        $"--frontend=127.0.0.1,{port};no-tls",
        $"--frontend=127.0.0.1,{tlsPort}",
        $"--backend=127.0.0.1,{backend};;proto=h2",
        $"--workers={Environment.ProcessorCount}",
        "--backend-connections-per-host=8",
        "--no-ocsp",
        "--log-level=ERROR",
        "--accesslog-file=/dev/null",
        certificate.KeyFile,
        certificate.File);

    private static PeerProcess Haproxy(int port, int tlsPort, int backend, Certificate certificate, string folder)
    {
        string file = Path.Combine(folder, "haproxy.cfg");
        File.WriteAllText(file, $"""
            global
              nbthread {Environment.ProcessorCount}
              maxconn 4096
            defaults
              mode http
              timeout client 60s
              timeout server 60s
              timeout connect 5s
            frontend calls
              bind 127.0.0.1:{port} proto h2
              bind 127.0.0.1:{tlsPort} ssl crt {certificate.BothFile} alpn h2
              default_backend server
            backend server
              http-reuse always
              server direct 127.0.0.1:{backend} proto h2

            """);
        return new PeerProcess("haproxy", "haproxy", folder, "-f", file, "-db");
    }

    private static PeerProcess Nginx(int port, int tlsPort, int backend, Certificate certificate, string folder)
    {
        string file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            worker_processes {{Environment.ProcessorCount}};
            daemon off;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/nginx.error crit;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 100000000;
              client_max_body_size 0;
              client_body_temp_path {{folder}}/nginx.body;
              proxy_temp_path {{folder}}/nginx.proxy;
              fastcgi_temp_path {{folder}}/nginx.fastcgi;
              uwsgi_temp_path {{folder}}/nginx.uwsgi;
              scgi_temp_path {{folder}}/nginx.scgi;
              upstream direct { server 127.0.0.1:{{backend}}; keepalive 512; keepalive_requests 100000000; }
              server {
                listen 127.0.0.1:{{port}} http2;
                listen 127.0.0.1:{{tlsPort}} ssl http2;
                ssl_certificate {{certificate.File}};
                ssl_certificate_key {{certificate.KeyFile}};
                http2_max_concurrent_streams 1000;
                location / { grpc_pass grpc://direct; }
              }
            }

            """);
        return new PeerProcess("nginx", "nginx", folder, "-c", file);
    }
}
