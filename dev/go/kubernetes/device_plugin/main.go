// device_plugin announces imaginary GPUs to the kubelet, so that Jobs that ask for nvidia.com/gpu are
// scheduled, counted and refused as on a machine that has them. The devices are names only: a container
// gets an environment variable that says which ones are its own.
//
// The kubelet forgets its plugins when it restarts and wipes their sockets, so the program watches its
// own socket: gone means that it has to serve and register again.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	pluginapi "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

const (
	socketName      = "pedigree-gpu.sock"
	registerTimeout = 10 * time.Second
	lookEvery       = time.Second
)

type plugin struct {
	pluginapi.UnimplementedDevicePluginServer
	devices []*pluginapi.Device
}

func newPlugin(count int) *plugin {
	made := &plugin{}
	for i := 0; i < count; i++ {
		made.devices = append(made.devices,
			&pluginapi.Device{ID: fmt.Sprintf("gpu-%d", i), Health: pluginapi.Healthy})
	}
	return made
}

func (p *plugin) GetDevicePluginOptions(context.Context, *pluginapi.Empty) (*pluginapi.DevicePluginOptions, error) {
	return &pluginapi.DevicePluginOptions{}, nil
}

// ListAndWatch sends the list once: imaginary devices never break. The stream stays open, because its
// end tells the kubelet that the devices are gone.
func (p *plugin) ListAndWatch(_ *pluginapi.Empty, stream grpc.ServerStreamingServer[pluginapi.ListAndWatchResponse]) error {
	if err := stream.Send(&pluginapi.ListAndWatchResponse{Devices: p.devices}); err != nil {
		return err
	}
	<-stream.Context().Done()
	return nil
}

func (p *plugin) Allocate(_ context.Context, request *pluginapi.AllocateRequest) (*pluginapi.AllocateResponse, error) {
	response := &pluginapi.AllocateResponse{}
	for _, container := range request.ContainerRequests {
		response.ContainerResponses = append(response.ContainerResponses, &pluginapi.ContainerAllocateResponse{
			Envs: map[string]string{"NVIDIA_VISIBLE_DEVICES": strings.Join(container.DevicesIds, ",")},
		})
	}
	return response, nil
}

func register(ctx context.Context, folder, resource string) error {
	ctx, cancel := context.WithTimeout(ctx, registerTimeout)
	defer cancel()
	connection, err := grpc.NewClient("unix://"+filepath.Join(folder, "kubelet.sock"),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	_, err = pluginapi.NewRegistrationClient(connection).Register(ctx, &pluginapi.RegisterRequest{
		Version: pluginapi.Version, Endpoint: socketName, ResourceName: resource,
	}, grpc.WaitForReady(true))
	return err
}

// serveUntilForgotten returns nil when the kubelet has wiped the socket, and ctx's error at the end.
func serveUntilForgotten(ctx context.Context, served *plugin, folder, resource string) error {
	path := filepath.Join(folder, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", path, err)
	}
	server := grpc.NewServer()
	pluginapi.RegisterDevicePluginServer(server, served)
	go server.Serve(listener)
	defer server.Stop()
	if err := register(ctx, folder, resource); err != nil {
		return fmt.Errorf("cannot register %s with the kubelet: %w", resource, err)
	}
	log.Printf("registered %d x %s", len(served.devices), resource)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
			if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
				log.Print("the kubelet has restarted: registering again")
				return nil
			}
		}
	}
}

func main() {
	folder := flag.String("folder", pluginapi.DevicePluginPath, "the kubelet's device-plugins folder")
	resource := flag.String("resource", "nvidia.com/gpu", "resource name to announce")
	count := flag.Int("count", 2, "number of devices")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	served := newPlugin(*count)
	for ctx.Err() == nil {
		if err := serveUntilForgotten(ctx, served, *folder, *resource); err != nil && ctx.Err() == nil {
			log.Print(err)
			time.Sleep(lookEvery)
		}
	}
}
